/* Says before the upload that a file is too large. The server says it as well, to whoever comes without this. */
(function () {
  "use strict";
  document.querySelectorAll("input[type=file][data-most]").forEach(function (box) {
    var field = box.closest(".field");
    var said = document.createElement("p");
    said.className = "error";
    said.setAttribute("role", "alert");
    box.addEventListener("change", function () {
      var large = box.files.length > 0 && box.files[0].size > Number(box.dataset.most);
      said.textContent = large ? box.dataset.tooLarge : "";
      if (large) { field.appendChild(said); } else { said.remove(); }
      field.classList.toggle("wrong", large);
    });
    box.form.addEventListener("submit", function (event) {
      if (box.offsetParent === null) { box.value = ""; said.remove(); } /* another kind was chosen */
      if (said.isConnected) { event.preventDefault(); box.focus(); }
    }, true);
  });
}());
