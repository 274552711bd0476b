/* The portal works without this; it only closes an open menu and says when a part of the page could not be loaded. */
(function () {
  "use strict";
  function closeMenus(except) {
    document.querySelectorAll("details.me[open]").forEach(function (menu) {
      if (menu !== except) { menu.removeAttribute("open"); }
    });
  }
  document.addEventListener("click", function (event) { closeMenus(event.target.closest("details.me")); });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") { return; }
    var menu = document.querySelector("details.me[open]");
    closeMenus(null);
    if (menu) { menu.querySelector("summary").focus(); }
  });
  /* Everything is printed: tables behind "show as table" too. */
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details.twin:not([open])").forEach(function (twin) { twin.open = true; twin.dataset.shut = "1"; });
  });
  window.addEventListener("afterprint", function () {
    document.querySelectorAll("details.twin[data-shut]").forEach(function (twin) { twin.open = false; delete twin.dataset.shut; });
  });
  /* What is wrong with a form is read out first, and stands where the eye is. */
  var wrong = document.querySelector(".say.error[role=alert][tabindex]");
  if (wrong) { wrong.focus(); }
  /* A form is sent once, however often its button is pressed. */
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post" || event.defaultPrevented) { return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    window.setTimeout(function () { delete form.dataset.sent; }, 4000);
  });
}());
