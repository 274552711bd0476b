/* Keeps a half-written sheet (as it came with data-typed) until sent or a day old; says when offline. */
(function () {
 "use strict";
 var DAY = 864e5, MARK = "bearing-draft:", form = document.querySelector("[data-draft]"), store;
 try { store = window.localStorage; store.getItem(MARK); } catch (refused) { store = null; }
 function each(visit) {
   var keys = [], i;
   for (i = 0; store && i < store.length; i += 1) { keys.push(store.key(i)); }
   keys.filter(function (key) { return key.indexOf(MARK) === 0; }).forEach(function (key) {
   var draft;
   try { draft = JSON.parse(store.getItem(key)); } catch (broken) { draft = null; }
   visit(key, draft || { at: 0 });
   });
 }
 function drop(key) { if (store) { store.removeItem(key); } }
 var done = document.querySelector("[data-sent]");
 each(function (key, draft) {
   if ((done && draft.sent && !key.indexOf(MARK + done.dataset.sent)) || Date.now() - draft.at > DAY) { drop(key); }
 });
 if (!form) { return; }

 var warn = document.getElementById("offline"), shared = document.getElementById("shared"), sending = false;
 var key = form.dataset.draft ? MARK + form.dataset.draft : "";
 function fields() {
   return Array.prototype.filter.call(form.elements, function (field) {
   return field.name && /^(radio|checkbox|textarea)$/.test(field.type);
   });
 }
 function keep(sent) {
   if (!store || !key || (shared && shared.checked)) { return; }
   var answers = [];
   fields().forEach(function (field) {
   if (field.type === "textarea" ? field.value || field.defaultValue : field.checked) { answers.push([field.name, field.value]); }
   });
   try { store.setItem(key, JSON.stringify({ at: Date.now(), sent: sent, answers: answers })); } catch (full) { return; }
 }
 if (!(shared && shared.checked) && !form.hasAttribute("data-typed")) {
   each(function (found, draft) {
   if (found !== key) { return; }
   fields().forEach(function (field) {
     (draft.answers || []).forEach(function (answer) {
    if (field.name !== answer[0]) { return; }
    if (field.type === "textarea") { field.value = answer[1]; }
    else if (field.value === answer[1]) { field.checked = true; }
     });
   });
   });
 }
 if (shared) {
   shared.closest(".shared").hidden = false;
   shared.addEventListener("change", function () { if (shared.checked) { drop(key); } else { keep(false); } });
 }
 function tell() { if (warn) { warn.hidden = navigator.onLine !== false; } }
 form.addEventListener("input", function () { keep(false); });
 window.addEventListener("online", tell);
 window.addEventListener("offline", tell);
 window.addEventListener("pageshow", function () { sending = false; tell(); });
 form.addEventListener("submit", function (event) {
   if (navigator.onLine === false || sending) {
   event.preventDefault();
   tell();
   if (warn && !warn.hidden) { warn.scrollIntoView({ block: "center" }); }
   return;
   }
   sending = true;
   keep(true);
   window.setTimeout(function () { sending = false; }, 8000);
 });
}());
