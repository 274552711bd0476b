/* A long sheet: Enter on an answer chooses it and sends nothing; help to the first practice without an answer. */
(function () {
  "use strict";
  document.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && event.target.type === "radio") { event.preventDefault(); event.target.click(); }
  });
  var next = document.querySelector("[data-next]");
  if (!next) { return; }
  function unanswered() {
    return Array.prototype.filter.call(document.querySelectorAll("fieldset.rate"), function (asked) {
      return !asked.querySelector(":checked");
    })[0];
  }
  function offer() { next.hidden = !unanswered(); }
  next.addEventListener("click", function () {
    var asked = unanswered();
    if (!asked) { return; }
    asked.scrollIntoView({ block: "start" });
    asked.querySelector("input").focus({ preventScroll: true });
  });
  document.addEventListener("input", offer);
  window.addEventListener("pageshow", offer);
  offer();
}());
