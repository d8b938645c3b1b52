// Marks of homes that call may not lie on one another: those too near are moved apart, as little as it takes. Pure.

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
