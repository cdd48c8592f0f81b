// Squarified treemaps: Bruls, Huizing and van Wijk, "Squarified Treemaps",
// Proceedings of the Joint Eurographics and IEEE TCVG Symposium on
// Visualization (2000).

/** @typedef {{ x: number, y: number, width: number, height: number }} Rect */

/**
 * Divides a rectangle among weights, the greatest first, so that each part is as
 * near to a square as can be.
 * @param {number[]} weights
 * @param {Rect} rect
 * @returns {Rect[]}
 */
const squarify = (weights, rect) => {
  /** @type {Rect[]} */
  const parts = [];
  let { x, y, width, height } = rect;
  let rest = weights.reduce((sum, w) => sum + w, 0);
  for (let start = 0; start < weights.length; ) {
    // A row along the shorter side takes weights for as long as its worst part
    // gets better by it.
    const side = Math.min(width, height);
    const scale = (width * height) / rest;
    let end = start;
    let sum = 0;
    let worst = Infinity;
    while (end < weights.length) {
      const next = sum + /** @type {number} */ (weights[end]);
      const thickness = (next * scale) / side;
      const longest = (/** @type {number} */ (weights[start]) * scale) / thickness;
      const shortest = (/** @type {number} */ (weights[end]) * scale) / thickness;
      const ratio = Math.max(longest / thickness, thickness / shortest);
      if (ratio > worst) break;
      worst = ratio;
      sum = next;
      end++;
    }
    const thickness = side > 0 ? (sum * scale) / side : 0;
    let along = 0;
    for (let i = start; i < end; i++) {
      const length = (side * /** @type {number} */ (weights[i])) / sum;
      parts.push(width >= height ? { x, y: y + along, width: thickness, height: length } : { x: x + along, y, width: length, height: thickness });
      along += length;
    }
    if (width >= height) {
      x += thickness;
      width -= thickness;
    } else {
      y += thickness;
      height -= thickness;
    }
    rest -= sum;
    start = end;
  }
  return parts;
};
