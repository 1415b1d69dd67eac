"use strict";
// Read-outs under the pointer. The drawn lines are the data: their pixels are turned back into
// times and values with the scales each chart carries, so nothing is stored twice.
(() => {
  const tip = document.getElementById("tip");

  const points = (d) => {
    const found = [];
    let x = 0, y = 0;
    for (const [, verb, rest] of d.matchAll(/([MLHV])([^MLHV]*)/g)) {
      const numbers = rest.trim().split(" ").map(Number);
      if (verb === "H") { x = numbers[0]; } else if (verb === "V") { y = numbers[0]; } else { [x, y] = numbers; }
      found.push([x, y]);
    }
    return found;
  };

  const lastAt = (line, x) => {
    let low = 0, high = line.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (line[middle][0] <= x) { low = middle; } else { high = middle - 1; }
    }
    return line[low];
  };

  const read = (panel, y) => {
    const { low, high, top, base } = panel.dataset;
    const value = Number(low) + (Number(base) - y) / (base - top) * (high - low);
    const digits = Math.max(0, Math.min(8, 3 - Math.floor(Math.log10((high - low) || 1))));
    return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  };

  const clock = (fromNs, spanNs, share) => {
    const ms = Number(BigInt(fromNs) / 1000000n) + Number(spanNs) * share / 1e6;
    if (ms < 14 * 864e5) { return (ms / 1000).toFixed(3) + " s"; }
    return new Date(ms).toISOString().replace("T", " ").replace("Z", " UTC");
  };

  const show = (event, text) => {
    tip.textContent = text;
    tip.hidden = false;
    const { width, height } = tip.getBoundingClientRect();
    const beside = event.clientX + 16 + width > innerWidth ? event.clientX - width - 16 : event.clientX + 16;
    tip.style.left = Math.max(4, beside) + "px";
    tip.style.top = Math.max(4, Math.min(innerHeight - height - 4, event.clientY - height - 12)) + "px";
  };

  for (const chart of document.querySelectorAll("svg[data-from-ns]")) {
    const { fromNs, spanNs, left, right, bottom } = chart.dataset;
    const cross = document.createElementNS(chart.namespaceURI, "line");
    cross.setAttribute("class", "cross");
    cross.setAttribute("visibility", "hidden");
    chart.append(cross);
    let panels = null;
    chart.addEventListener("pointermove", (event) => {
      panels ??= [...chart.querySelectorAll(".panel")].flatMap((panel) =>
        [...panel.querySelectorAll("path.line")].map((line) =>
          [panel, points(line.getAttribute("d")), line.dataset.name ?? panel.dataset.name]));
      const frame = chart.getBoundingClientRect();
      const x = (event.clientX - frame.left) / frame.width * chart.viewBox.baseVal.width;
      const share = Math.max(0, Math.min(1, (x - left) / (right - left)));
      const at = Number(left) + share * (right - left);
      for (const [name, value] of [["x1", at], ["x2", at], ["y1", 16], ["y2", bottom]]) {
        cross.setAttribute(name, value);
      }
      cross.setAttribute("visibility", "visible");
      const rows = panels.filter(([, line]) => line.length).map(([panel, line, name]) =>
        `${name}: ${read(panel, lastAt(line, at)[1])} ${panel.dataset.unit}`.trimEnd());
      const mark = event.target.closest("[data-tip]");
      show(event, mark ? mark.dataset.tip : [clock(fromNs, spanNs, share), ...rows].join("\n"));
    });
    chart.addEventListener("pointerleave", () => {
      cross.setAttribute("visibility", "hidden");
      tip.hidden = true;
    });
  }
})();
