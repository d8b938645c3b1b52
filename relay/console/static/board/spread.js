// Marks of homes that call may not lie on one another: those too near are moved apart, as little as it takes; and a label
// lies over no other mark where there is another place for it. Pure.

const ROUNDS = 90; // a storm needs them; a calm day ends after one

/** Move points apart until each is `gap` from every other, or ROUNDS are over; all stay inside. Changes them.
 * Shape: points {x, y, gap}; px. */
export function spread(points, width, height) {
  for (let round = 0; round < ROUNDS; round++) {
    let hasMoved = false;
    for (let i = 0; i < points.length; i++) {
      for (let j = i + 1; j < points.length; j++) {
        const [a, b] = [points[i], points[j]];
        const gap = (a.gap + b.gap) / 2;
        let [dx, dy] = [b.x - a.x, b.y - a.y];
        const apart = Math.hypot(dx, dy);
        if (apart >= gap - 0.5) continue;
        if (apart < 0.01) [dx, dy] = [Math.cos(i * 2.4 + j), Math.sin(i * 2.4 + j)]; // one place: any direction, always the same
        const by = (gap - apart) / 2 / (apart < 0.01 ? 1 : apart);
        a.x -= dx * by;
        a.y -= dy * by;
        b.x += dx * by;
        b.y += dy * by;
        hasMoved = true;
      }
    }
    for (const point of points) {
      const half = point.gap / 2;
      point.x = Math.min(width - half, Math.max(half, point.x));
      point.y = Math.min(height - half, Math.max(half, point.y));
    }
    if (!hasMoved) return;
  }
}

/** Where the label of a mark lies: right of it, else left, above or below; inside, and over none of the others if it can.
 * Shape: label {wide, high, away} with `away` px from the mark's middle; others {x, y, gap}; gives [left, top]. */
export function labelAt({ x, y }, { wide, high, away }, others, width, height) {
  const within = Math.max(4, Math.min(width - wide - 4, x - wide / 2));
  const places = [[x + away, y - high / 2], [x - away - wide, y - high / 2], [within, y - away - high], [within, y + away]];
  const isInside = ([left, top]) => left >= 4 && left + wide <= width && top >= 0 && top + high <= height;
  const isFree = ([left, top]) => others.every((one) =>
    Math.hypot(one.x - Math.max(left, Math.min(one.x, left + wide)), one.y - Math.max(top, Math.min(one.y, top + high))) >= one.gap / 2);
  const inside = places.filter(isInside);
  return inside.find(isFree) ?? inside[0] ?? places[3];
}
