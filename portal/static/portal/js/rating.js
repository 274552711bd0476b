/* A long sheet: help to the first practice without an answer, for whoever presses. Without script there is no such button. */
(function () {
  "use strict";
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
