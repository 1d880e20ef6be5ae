// The playground's picture and its clock. Python trains and sends what there is to draw; no network is computed here.
// One question is on its way at a time, for a few epochs, and the next one follows a drawn answer: nothing piles up,
// and when the view is closed, scrolled away or in a hidden tab, training rests.

const WIDTH = 820; // the picture is laid out in these units and scaled to the room there is
const HEIGHT = 460;
const AT_ONCE = 3; // epochs to ask for while playing; every one comes with its own picture
const PATIENCE = 3000; // milliseconds without an answer before the picture says so
const POSITIVE = [23, 100, 171];
const NEGATIVE = [217, 108, 0];
const PALE_POSITIVE = [157, 191, 227];
const PALE_NEGATIVE = [240, 193, 147];
const INK = "#222222";
const NEUTRAL = "#7f7f7f";
const GRID = "#e6e6e6";
const FONT = "15px system-ui, 'DejaVu Sans', sans-serif";

const NEURON = 40; // side of a neuron's picture
const COLUMNS = { left: 26, right: 496, top: 40, bottom: 446 };
const PLANE = { x: 540, y: 30, side: 268, edge: 2.6 };
const LOSS = { x: 540, y: 346, width: 196, height: 88, lowest: -4, highest: 1 }; // powers of ten

const rgb = ([r, g, b]) => `rgb(${r}, ${g}, ${b})`;
const hue = (value) => rgb(value < 0 ? NEGATIVE : POSITIVE);

function palette(negative, positive) {
  return Array.from({ length: 256 }, (_, level) => {
    const share = level / 127.5 - 1;
    const [r, g, b] = (share < 0 ? negative : positive).map((full) => 255 + Math.abs(share) * (full - 255));
    return new Uint32Array(new Uint8ClampedArray([r, g, b, 255]).buffer)[0];
  });
}

const STRONG = palette(NEGATIVE, POSITIVE);
const PALE = palette(PALE_NEGATIVE, PALE_POSITIVE);

// What Python sent, as arrays. A copy, since the bytes need not start where a float may.

function bytesOf(model, name) {
  const view = model.get(name);
  return new Uint8Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}

function rowsOf(model, name, length) {
  const numbers = new Float32Array(bytesOf(model, name).buffer);
  return Array.from({ length: numbers.length / length }, (_, i) => numbers.subarray(length * i, length * (i + 1)));
}

// Pictures of what a neuron, or the whole network, answers over the plane

const atlas = document.createElement("canvas");

function drawLevels(context, levels, colours, places, side) {
  // All pictures go into one column of pixels first: handing pixels over costs more than drawing them.
  const samples = Math.sqrt(levels.length / places.length);
  const column = new ImageData(samples, samples * places.length);
  const pixels = new Uint32Array(column.data.buffer);
  levels.forEach((level, i) => (pixels[i] = colours[level]));
  Object.assign(atlas, { width: column.width, height: column.height });
  atlas.getContext("2d").putImageData(column, 0, 0);
  places.forEach(({ x, y }, i) => {
    context.drawImage(atlas, 0, i * samples, samples, samples, x, y, side, side);
    outline(context, x, y, side, side);
  });
}

function drawBoundary(context, levels, x, y, side) {
  // Marching squares: within each square of four samples, the straight line between the edges that cross one half.
  const samples = Math.sqrt(levels.length);
  const step = side / samples;
  const level = (row, column) => levels[row * samples + column] - 127.5;
  const crossing = (r0, c0, r1, c1) => {
    const [from, to] = [level(r0, c0), level(r1, c1)];
    if (from < 0 === to < 0) return null;
    const share = from / (from - to);
    return [x + (c0 + share * (c1 - c0) + 0.5) * step, y + (r0 + share * (r1 - r0) + 0.5) * step];
  };
  context.beginPath();
  for (let r = 0; r < samples - 1; r++) {
    for (let c = 0; c < samples - 1; c++) {
      const ends = [
        crossing(r, c, r, c + 1),
        crossing(r, c + 1, r + 1, c + 1),
        crossing(r + 1, c, r + 1, c + 1),
        crossing(r, c, r + 1, c),
      ].filter(Boolean);
      for (let i = 0; i + 1 < ends.length; i += 2) {
        context.moveTo(...ends[i]);
        context.lineTo(...ends[i + 1]);
      }
    }
  }
  Object.assign(context, { strokeStyle: INK, lineWidth: 1.6 });
  context.stroke();
}

function outline(context, x, y, width, height) {
  Object.assign(context, { strokeStyle: NEUTRAL, lineWidth: 1 });
  context.strokeRect(x, y, width, height);
}

function write(context, text, x, y, { align = "center", colour = INK, weight = "" } = {}) {
  Object.assign(context, { font: `${weight} ${FONT}`, textAlign: align, textBaseline: "middle", fillStyle: colour });
  context.fillText(text, x, y);
}

// The network: columns of neurons, joined by their weights

function placesOf(sizes) {
  const columns = sizes.slice(0, -1);
  const pitch = (COLUMNS.right - COLUMNS.left) / columns.length;
  const rise = (COLUMNS.bottom - COLUMNS.top) / 8;
  const middle = (COLUMNS.top + COLUMNS.bottom) / 2;
  const layers = columns.map((size, l) =>
    Array.from({ length: size }, (_, i) => ({
      x: COLUMNS.left + l * pitch,
      y: middle + (i - (size - 1) / 2) * rise - NEURON / 2,
    })),
  );
  return [...layers, [{ x: PLANE.x, y: PLANE.y + PLANE.side / 2 - NEURON / 2 }]];
}

function drawEdge(context, from, to, weight) {
  const [x0, y0, x1, y1] = [from.x + NEURON, from.y + NEURON / 2, to.x, to.y + NEURON / 2];
  const bend = (x1 - x0) / 2;
  context.beginPath();
  context.moveTo(x0, y0);
  context.bezierCurveTo(x0 + bend, y0, x1 - bend, y1, x1, y1);
  context.lineWidth = 0.4 + 1.3 * Math.min(Math.abs(weight), 4);
  context.strokeStyle = hue(weight);
  context.setLineDash(weight < 0 ? [5, 4] : []);
  context.stroke();
}

function drawEdges(context, places, weights) {
  let next = 0;
  for (let l = 1; l < places.length; l++) {
    for (const to of places[l]) {
      for (const from of places[l - 1]) drawEdge(context, from, to, weights[next++]);
    }
  }
  context.setLineDash([]);
}

function drawNetwork(context, model, { layer_sizes: sizes, activation }) {
  const places = placesOf(sizes);
  drawEdges(context, places, new Float32Array(bytesOf(model, "weights").buffer));
  drawLevels(context, bytesOf(model, "neurons"), STRONG, places.slice(0, -1).flat(), NEURON);
  places[0].forEach(({ x, y }, i) => write(context, "x" + "₁₂"[i], x - 14, y + NEURON / 2));
  places.slice(0, -1).forEach(([{ x }], l) => {
    write(context, l ? `${sizes[l]} × ${activation}` : "inputs", x + NEURON / 2, 16);
  });
}

// The plane: the answer ŷ, the boundary at one half, the points

function drawPoint(context, x, y, isPositive, isHeldOut) {
  const size = isHeldOut ? 2.6 : 3.6;
  context.beginPath();
  if (isPositive) context.arc(x, y, size, 0, 2 * Math.PI);
  else context.rect(x - 0.9 * size, y - 0.9 * size, 1.8 * size, 1.8 * size);
  const colour = rgb(isPositive ? POSITIVE : NEGATIVE);
  Object.assign(context, {
    fillStyle: isHeldOut ? "rgba(255, 255, 255, 0.75)" : colour,
    strokeStyle: isHeldOut ? colour : "white",
    lineWidth: isHeldOut ? 1.2 : 0.7,
  });
  context.fill();
  context.stroke();
}

const drawnPoints = new WeakMap();

function pointsOf(model, scale) {
  // The points stay where they are while the network trains: drawn once, copied ever after.
  const points = model.get("points");
  const known = drawnPoints.get(model);
  if (known?.points === points && known.scale === scale) return known.canvas;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.round(PLANE.side * scale);
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  const place = (value) => ((value + PLANE.edge) / (2 * PLANE.edge)) * PLANE.side;
  for (const [x1, x2, label, isHeldOut] of rowsOf(model, "points", 4).reverse()) { // training points on top
    drawPoint(context, place(x1), PLANE.side - place(x2), label > 0, isHeldOut > 0);
  }
  drawnPoints.set(model, { points, scale, canvas });
  return canvas;
}

function drawLegend(context, x, y) {
  drawPoint(context, x + 6, y, false, false);
  drawPoint(context, x + 20, y, true, false);
  write(context, "training points", x + 30, y, { align: "left" });
  drawPoint(context, x + 158, y, false, true);
  drawPoint(context, x + 170, y, true, true);
  write(context, "held-out", x + 180, y, { align: "left" });
}

function drawPlane(context, model, { epoch }) {
  const { x, y, side } = PLANE;
  const answer = bytesOf(model, "answer");
  write(context, `output ŷ, epoch ${epoch.toLocaleString("en")}`, x + side / 2, 16, { weight: "bold" });
  drawLevels(context, answer, PALE, [PLANE], side);
  drawBoundary(context, answer, x, y, side);
  context.drawImage(pointsOf(model, context.getTransform().a), x, y, side, side);
  drawLegend(context, x, y + side + 14);
}

// The losses, on a logarithmic axis

function niceEnd(epoch) {
  for (let power = 100; ; power *= 10) {
    const end = [1, 2, 5].map((factor) => factor * power).find((each) => each >= epoch);
    if (end) return end;
  }
}

function drawAxes(context, end) {
  const { x, y, width, height, lowest, highest } = LOSS;
  for (let power = lowest; power <= highest; power++) {
    const at = y + (height * (highest - power)) / (highest - lowest);
    Object.assign(context, { strokeStyle: GRID, lineWidth: 1 });
    context.beginPath();
    context.moveTo(x, at);
    context.lineTo(x + width, at);
    context.stroke();
    if (power % 2 === 0) write(context, String(10 ** power), x - 6, at, { align: "right" });
  }
  outline(context, x, y, width, height);
  write(context, "loss J", x + width - 6, y + 11, { align: "right" });
  write(context, "0", x, y + height + 13);
  write(context, "epoch", x + width / 2, y + height + 13);
  write(context, end.toLocaleString("en"), x + width, y + height + 13);
}

function drawCurve(context, rows, column, colour, dash, end) {
  const { x, y, width, height, lowest, highest } = LOSS;
  const heightOf = (loss) => {
    const power = Math.min(Math.max(Math.log10(loss), lowest), highest);
    return y + (height * (highest - power)) / (highest - lowest);
  };
  Object.assign(context, { strokeStyle: colour, lineWidth: 2 });
  context.setLineDash(dash);
  context.beginPath();
  for (const row of rows) context.lineTo(x + (width * row[0]) / end, heightOf(row[column]));
  context.stroke();
  context.setLineDash([]);
  return Math.min(heightOf(rows.at(-1)[column]), y + height - 8); // its name stays above the epochs
}

function drawLosses(context, model, { epoch }) {
  const rows = rowsOf(model, "curve", 3);
  const end = niceEnd(epoch);
  drawAxes(context, end);
  const curves = [
    { name: "training", column: 1, colour: rgb(POSITIVE), dash: [] },
    { name: "held-out", column: 2, colour: rgb(NEGATIVE), dash: [5, 3] },
  ];
  for (const curve of curves) curve.y = drawCurve(context, rows, curve.column, curve.colour, curve.dash, end);
  const [upper, lower] = curves.sort((a, b) => a.y - b.y);
  const shift = Math.max(0, 17 - (lower.y - upper.y)) / 2; // names that would touch move apart
  write(context, upper.name, LOSS.x + LOSS.width + 8, upper.y - shift, { align: "left", colour: upper.colour });
  write(context, lower.name, LOSS.x + LOSS.width + 8, lower.y + shift, { align: "left", colour: lower.colour });
}

// Everything together

function drawNote(context, text) {
  context.font = `bold ${FONT}`;
  const width = context.measureText(text).width + 28;
  Object.assign(context, { fillStyle: "white", strokeStyle: INK, lineWidth: 2 });
  context.beginPath();
  context.roundRect((WIDTH - width) / 2, HEIGHT / 2 - 20, width, 40, 6);
  context.fill();
  context.stroke();
  write(context, text, WIDTH / 2, HEIGHT / 2, { weight: "bold" });
}

function draw(canvas, model, note) {
  const state = model.get("state");
  const width = Math.round(canvas.clientWidth * window.devicePixelRatio);
  if (!width) return;
  if (canvas.width !== width) {
    canvas.width = width;
    canvas.height = Math.round((width * HEIGHT) / WIDTH);
  }
  const context = canvas.getContext("2d");
  context.setTransform(width / WIDTH, 0, 0, width / WIDTH, 0, 0);
  Object.assign(context, { fillStyle: "white" });
  context.fillRect(0, 0, WIDTH, HEIGHT);
  drawNetwork(context, model, state);
  drawPlane(context, model, state);
  drawLosses(context, model, state);
  if (note || state.diverged) drawNote(context, note || state.diverged);
  canvas.setAttribute("aria-label", state.label);
}

function makeButton(parent, title) {
  const button = document.createElement("button");
  button.className = "jupyter-widgets jupyter-button widget-button";
  button.title = title;
  parent.append(button);
  return button;
}

function label(button, icon, text) {
  button.innerHTML = `<i class="fa fa-${icon}" aria-hidden="true"></i> ${text}`;
}

function render({ model, el }) {
  const row = document.createElement("div");
  const play = makeButton(row, "Train until you press Pause");
  const step = makeButton(row, "Train one epoch");
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.style.cssText = `display: block; width: 100%; max-width: ${WIDTH}px; aspect-ratio: ${WIDTH} / ${HEIGHT}`;
  el.append(row, canvas);

  let waiting = null; // for the answer to a question
  let frame = null;
  let isOnScreen = false;
  let note = "";

  const ask = (epochs) => {
    if (waiting !== null || model.get("state").diverged) return;
    const { run, epoch } = model.get("state");
    model.send({ type: "step", run, after: epoch, epochs });
    waiting = setTimeout(() => {
      waiting = null; // it may be asked again
      note = "Python does not answer. If it has stopped, run this cell again.";
      show();
    }, PATIENCE);
  };
  const goOn = () => {
    if (model.get("playing") && isOnScreen && frame === null) ask(AT_ONCE);
  };
  const show = () => {
    frame ??= requestAnimationFrame(() => {
      frame = null;
      goOn();
      draw(canvas, model, note);
    });
  };
  const onAnswer = () => {
    if (model.get("state").more === 0) {
      clearTimeout(waiting);
      waiting = null;
    }
    note = "";
    goOn(); // Python trains while this is being drawn, but never more than one answer ahead
    step.disabled = play.disabled = Boolean(model.get("state").diverged);
    if (model.get("playing")) show();
    else draw(canvas, model, note); // nothing else comes before the next frame: no need to wait for it
  };
  const onPlaying = () => {
    const isPlaying = model.get("playing");
    label(play, isPlaying ? "pause" : "play", isPlaying ? "Pause" : "Play");
    show();
  };

  label(step, "step-forward", "Step: one epoch");
  play.onclick = () => {
    model.set("playing", !model.get("playing"));
    model.save_changes();
  };
  step.onclick = () => ask(1);
  model.on("change:state", onAnswer);
  model.on("change:playing", onPlaying);
  const size = new ResizeObserver(show);
  size.observe(canvas);
  const sight = new IntersectionObserver((entries) => {
    isOnScreen = entries.at(-1).isIntersecting; // after a jump of the page there may be several, the oldest first
    show();
  });
  sight.observe(canvas);
  window.addEventListener("resize", show); // zooming changes the pixels, not the size
  onAnswer();
  onPlaying();

  return () => {
    model.off("change:state", onAnswer);
    model.off("change:playing", onPlaying);
    size.disconnect();
    sight.disconnect();
    window.removeEventListener("resize", show);
    clearTimeout(waiting);
    cancelAnimationFrame(frame);
  };
}

export default { render };
