// Draws the figures from the JSON beside them. Nothing is loaded from anywhere.
(function () {
  "use strict";
  var config = {
    displaylogo: false,
    responsive: true,
    modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
  };
  var plots = Array.prototype.slice.call(document.querySelectorAll(".plot"));
  var drawn = plots.map(function (place) {
    var figure = JSON.parse(document.getElementById(place.dataset.figure).textContent);
    return Plotly.newPlot(place, figure.data, figure.layout, config);
  });
  Promise.all(drawn).then(function () {
    document.documentElement.dataset.drawn = "yes";
  });
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach(function (one) {
      one.dataset.wasOpen = one.open ? "yes" : "no";
      one.open = true;
    });
  });
  window.addEventListener("afterprint", function () {
    document.querySelectorAll("details").forEach(function (one) {
      one.open = one.dataset.wasOpen === "yes";
    });
  });
})();
