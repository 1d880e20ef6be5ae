// The view of draw_digit: a sheet to draw on, what the network sees, ten bars.
// `strokes` is the one state of the drawing. What is on the sheet is always drawn from it; Python answers a change
// of it with `image`, `probabilities` and `reading`.

const SHEET = 252;
const PEN = 18;
const NEAREST = 0.004; // a point nearer than this to the one before adds nothing but work

function element(tag, className, parent, text = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  parent.append(node);
  return node;
}

function column(parent, title) {
  const node = element("div", "draw-digit-column", parent);
  element("div", "draw-digit-title", node, title);
  return node;
}

function drawStrokes(canvas, strokes) {
  const ratio = window.devicePixelRatio;
  canvas.width = canvas.height = Math.round(SHEET * ratio); // this clears it, too
  const context = canvas.getContext("2d");
  context.scale(canvas.width, canvas.height);
  context.lineWidth = PEN / SHEET;
  context.lineCap = context.lineJoin = "round";
  context.strokeStyle = "#222222";
  for (const points of strokes) {
    context.beginPath();
    points.forEach(([x, y]) => context.lineTo(x, y));
    if (points.length === 1) context.lineTo(...points[0]); // a dot is a line to itself
    context.stroke();
  }
}

function drawImage(canvas, bytes) {
  const context = canvas.getContext("2d");
  const picture = context.createImageData(28, 28);
  for (let i = 0; i < bytes.byteLength; i++) {
    picture.data.fill(255 - bytes.getUint8(i), 4 * i, 4 * i + 3);
    picture.data[4 * i + 3] = 255;
  }
  context.putImageData(picture, 0, 0);
}

function makeBars(parent) {
  return Array.from({ length: 10 }, (_, digit) => {
    const row = element("div", "draw-digit-row", parent);
    element("span", "draw-digit-digit", row, digit);
    const bar = element("div", "draw-digit-bar", element("div", "draw-digit-track", row));
    return { row, bar, number: element("span", "draw-digit-number", row) };
  });
}

function drawBars(bars, probabilities) {
  const largest = Math.max(...probabilities);
  bars.forEach(({ row, bar, number }, digit) => {
    const p = probabilities[digit];
    bar.style.width = `${100 * p}%`;
    number.textContent = p < 0.005 ? "" : p > 0.999 ? "> 99.9 %" : `${(100 * p).toFixed(1)} %`;
    row.classList.toggle("draw-digit-winner", largest > 0 && p === largest);
  });
}

function place(event, canvas) {
  const box = canvas.getBoundingClientRect();
  const within = (share) => Number(Math.min(1, Math.max(0, share)).toFixed(3));
  return [within((event.clientX - box.left) / box.width), within((event.clientY - box.top) / box.height)];
}

function extend(strokes, point) {
  const stroke = strokes.at(-1) ?? [];
  const [x, y] = stroke.at(-1) ?? [Infinity, Infinity];
  if (Math.hypot(point[0] - x, point[1] - y) < NEAREST) return strokes;
  return [...strokes.slice(0, -1), [...stroke, point]];
}

// Mouse, touch and pen alike are pointers. A captured pointer stays ours when it leaves the sheet.
function listenToPen(canvas, model, change) {
  let drawing = null;
  const follow = (event) => {
    if (event.pointerId !== drawing) return;
    const events = event.getCoalescedEvents?.() ?? [];
    const points = (events.length ? events : [event]).map((each) => place(each, canvas));
    change(points.reduce(extend, model.get("strokes")));
  };
  const stop = (event) => {
    if (event.pointerId === drawing) drawing = null;
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || (drawing !== null && event.pointerType !== "pen")) return; // a pen beats the hand
    drawing = event.pointerId;
    canvas.setPointerCapture(drawing);
    change([...model.get("strokes"), [place(event, canvas)]]);
  });
  canvas.addEventListener("pointermove", follow);
  canvas.addEventListener("pointerup", stop);
  canvas.addEventListener("pointercancel", stop);
  canvas.addEventListener("lostpointercapture", stop);
  return () => (drawing = null);
}

function render({ model, el }) {
  el.classList.add("draw-digit");
  const left = column(el, "draw here");
  const sheet = element("canvas", "draw-digit-sheet", left);
  sheet.setAttribute("role", "img");
  const clear = element("button", "draw-digit-clear jupyter-button", left, "Clear");
  const middle = column(el, "the network sees");
  const seen = element("canvas", "draw-digit-seen", middle);
  seen.width = seen.height = 28;
  element("div", "draw-digit-note", middle, "28 × 28 pixels");
  const right = column(el, "");
  const bars = makeBars(right);
  const reading = right.firstChild;
  reading.classList.add("draw-digit-reading");
  reading.setAttribute("role", "status"); // screen readers say it when it changes
  [seen, ...bars.map(({ row }) => row)].forEach((node) => node.setAttribute("aria-hidden", "true"));

  const showStrokes = () => {
    if (model.get("strokes") !== own) lift(); // a sample that comes while somebody draws is not drawn on
    drawStrokes(sheet, model.get("strokes"));
  };
  const showAnswer = () => {
    drawImage(seen, model.get("image"));
    drawBars(bars, model.get("probabilities"));
    reading.textContent = model.get("reading");
    sheet.setAttribute("aria-label", `drawing; ${model.get("reading")}`);
    seen.dataset.drawn = Number(seen.dataset.drawn ?? 0) + 1; // counts the answers shown, for whoever measures
  };

  // At most one message a frame; while the kernel is at work the widget manager keeps only the latest.
  let own = null; // the strokes as this sheet changed them last
  let waiting = false;
  const send = () => {
    waiting = false;
    model.save_changes();
  };
  const change = (strokes) => {
    own = strokes;
    model.set("strokes", strokes);
    if (!waiting) requestAnimationFrame(send);
    waiting = true;
  };

  const lift = listenToPen(sheet, model, change);
  clear.addEventListener("click", () => change([]));
  model.on("change:strokes", showStrokes);
  model.on("change:image", showAnswer); // the rest of the answer comes with it
  window.addEventListener("resize", showStrokes); // zooming in asks for a sharper sheet
  showStrokes();
  showAnswer();
  return () => {
    model.off("change:strokes", showStrokes);
    model.off("change:image", showAnswer);
    window.removeEventListener("resize", showStrokes);
  };
}

export default { render };
