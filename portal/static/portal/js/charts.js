/* Trends, drawn by ECharts from the JSON beside them; the same figures stand in the table below.
   <div class="chart" role="img" aria-label="…" data-chart="trend-1"></div>
   <script type="application/json" id="trend-1">{"points": [{"label": "Đợt 1", "value": 3.1, "low": 2.9, "high": 3.3, "n": 24, "text": "3,1",
     "range": "2,9–3,3", "note": "", "breaks": false}], "bottom": 1, "top": 5, "certain": false}</script>
   A point without value leaves a gap; "breaks" ends the line before it. Unless "certain", the last point is hollow and dashed. */
(function () {
  "use strict";
  function token(name) { return getComputedStyle(document.documentElement).getPropertyValue("--brg-" + name).trim(); }
  function lang() { return document.documentElement.lang || "vi"; }
  function short(number) { return number.toLocaleString(lang(), { minimumFractionDigits: 1, maximumFractionDigits: 1 }); }
  function runs(points) {
    var all = [], run = [];
    points.forEach(function (point, index) {
      if (point.value === null || point.breaks) { if (run.length) { all.push(run); } run = []; }
      if (point.value !== null) { run.push(index); }
    });
    if (run.length) { all.push(run); }
    return all;
  }
  function dataOf(points, run, pick) {
    return points.map(function (point, index) { return run.indexOf(index) < 0 ? null : pick(point); });
  }
  function scale(data) {
    var values = [], low, high;
    data.points.forEach(function (point) {
      if (point.value === null) { return; }
      values.push(point.value);
      if (point.low !== null && point.low !== undefined) { values.push(point.low, point.high); }
    });
    low = Math.min.apply(null, values); high = Math.max.apply(null, values);
    var step = (data.top - data.bottom) / 8;
    return { min: Math.max(data.bottom, Math.floor(low / step - .2) * step), max: Math.min(data.top, Math.ceil(high / step + .2) * step), step: step };
  }
  function option(data) {
    var points = data.points, ink2 = token("ink-2"), font = token("font"), last = -1, series = [], axis = scale(data);
    points.forEach(function (point, index) { if (point.value !== null) { last = index; } });
    runs(points).forEach(function (run, number) {
      var stack = "band" + number;
      series.push({ type: "line", stack: stack, stackStrategy: "all", silent: true, symbol: "none", lineStyle: { opacity: 0 }, data: dataOf(points, run, function (p) { return p.low; }) });
      series.push({ type: "line", stack: stack, stackStrategy: "all", silent: true, symbol: "none", lineStyle: { opacity: 0 }, areaStyle: { color: token("band"), opacity: 1 }, data: dataOf(points, run, function (p) { return p.high - p.low; }) });
      series.push({ type: "line", silent: true, symbol: "none", z: 3, lineStyle: { color: token("data"), width: 1.8 }, data: dataOf(points, run, function (p) { return p.value; }) });
    });
    series.push({
      type: "line", z: 4, lineStyle: { opacity: 0 }, symbol: "circle", cursor: "default",
      data: points.map(function (point, index) {
        var open = index === last && !data.certain;
        return {
          value: point.value, symbolSize: open ? 14 : 10,
          itemStyle: open ? { color: token("surface"), borderColor: token("data"), borderWidth: 2.4, borderType: [3, 3] } : { color: token("data"), borderColor: token("surface"), borderWidth: 2 },
          label: { show: index === last, position: "right", distance: 9, fontFamily: font, formatter: "{score|" + point.text + "}\n{range|" + point.range + "}",
            rich: { score: { color: token("ink"), fontWeight: 600, fontSize: 14, lineHeight: 18 }, range: { color: ink2, fontSize: 12, lineHeight: 16 } } }
        };
      }),
      markLine: {
        silent: true, symbol: "none", lineStyle: { color: token("past"), type: [2, 4], width: 1.4 },
        data: points.map(function (point, index) {
          return point.note ? { xAxis: index, label: { show: true, formatter: point.note, color: ink2, fontFamily: font, fontSize: 12, position: "end" } } : null;
        }).filter(Boolean)
      }
    });
    return {
      animation: false, aria: { enabled: false }, textStyle: { fontFamily: font },
      grid: { left: 34, right: 64, top: 22, bottom: 40 },
      xAxis: { type: "category", data: points.map(function (p) { return p.label; }), axisTick: { show: false }, axisLine: { lineStyle: { color: token("line") } },
        axisLabel: { color: ink2, fontFamily: font, fontSize: 12, lineHeight: 16, hideOverlap: true, formatter: function (label, index) { var p = points[index]; return label + "\n" + (p.value === null ? "–" : "n " + p.n); } } },
      yAxis: { type: "value", min: axis.min, max: axis.max, interval: axis.step, splitLine: { lineStyle: { color: token("line") } },
        axisLabel: { color: ink2, fontFamily: font, fontSize: 12, formatter: short } },
      tooltip: { trigger: "axis", renderMode: "richText", confine: true, backgroundColor: token("surface"), borderColor: token("line"), textStyle: { color: token("ink"), fontFamily: font, fontSize: 13 },
        axisPointer: { type: "line", lineStyle: { color: token("line-strong"), type: "dashed" } },
        formatter: function (marks) { var p = points[marks[0].dataIndex]; return p.value === null ? p.label + ": –" : p.label + ": " + p.text + "\n" + p.range + " · n " + p.n; } },
      series: series
    };
  }
  function draw() {
    document.querySelectorAll("[data-chart]").forEach(function (box) {
      var source = document.getElementById(box.dataset.chart), data;
      if (!source || !window.echarts) { return; }
      data = JSON.parse(source.textContent);
      if (!data.points.some(function (point) { return point.value !== null; })) { return; }
      data.bottom = data.bottom === undefined ? 1 : data.bottom;
      data.top = data.top === undefined ? 5 : data.top;
      var chart = window.echarts.getInstanceByDom(box) || window.echarts.init(box, null, { renderer: "canvas" });
      chart.setOption(option(data), true);
    });
  }
  function resize() {
    document.querySelectorAll("[data-chart]").forEach(function (box) {
      var chart = window.echarts && window.echarts.getInstanceByDom(box);
      if (chart) { chart.resize(); }
    });
  }
  document.addEventListener("DOMContentLoaded", function () { if (document.fonts && document.fonts.ready) { document.fonts.ready.then(draw); } else { draw(); } });
  document.addEventListener("htmx:afterSettle", draw);
  window.addEventListener("resize", resize);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}());
