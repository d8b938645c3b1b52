// Where the cells of a building lie, in degrees and metres. Pure: doors in, GeoJSON out. Nobody measured the buildings:
// each door gets a cell of 8 m by 11 m, units side by side, floors of 3 m, and an alarm's cell stands out of the wall.

const DOOR_M = 8;
const DEPTH_M = 11;
const FLOOR_M = 3;
const GAP_M = 0.5;
const DEGREE_M = 111320;

/** Shape: cells [{floor, unit, door, dwelling_id, state}] → {walls, homes, centre, height_m}. */
export function rings(cells, latitude, longitude) {
  const columns = [...new Set(cells.map((cell) => column(cell)))].sort((a, b) => a.localeCompare(b, "zh", { numeric: true }));
  const floors = cells.map((cell) => cell.floor);
  const top = Math.max(1, ...floors);
  const bottom = Math.min(1, ...floors);
  const width_m = columns.length * DOOR_M;
  const place = placer(latitude, longitude);
  const homes = cells.filter((cell) => cell.dwelling_id).map((cell) => {
    const left = columns.indexOf(column(cell)) * DOOR_M - width_m / 2;
    const out = ["alarm", "pre_alarm"].includes(cell.state) ? 2.2 : 0;
    const base = (cell.floor - bottom) * FLOOR_M + 0.4;
    return polygon(place, left + GAP_M, left + DOOR_M - GAP_M, -DEPTH_M / 2 - out, DEPTH_M / 2 + out,
      { dwelling_id: cell.dwelling_id, state: cell.state, base, top: base + FLOOR_M - 0.8 });
  });
  const height_m = (top - bottom + 1) * FLOOR_M + 0.6;
  const walls = polygon(place, -width_m / 2 - 0.6, width_m / 2 + 0.6, -DEPTH_M / 2 - 0.6, DEPTH_M / 2 + 0.6, { top: height_m });
  return { walls: collection([walls]), homes: collection(homes), centre: [longitude, latitude], height_m };
}

/** A door's column: its unit, and its place on the floor, which is how its number ends: 302 is above 202. */
function column(cell) {
  const digits = String(cell.door).match(/(\d{1,2})$/);
  return `${cell.unit ?? ""}|${digits ? digits[1].slice(-2).padStart(2, "0") : cell.door}`;
}

function placer(latitude, longitude) {
  const squeeze = Math.cos((latitude * Math.PI) / 180);
  return (x_m, y_m) => [longitude + x_m / (DEGREE_M * squeeze), latitude + y_m / DEGREE_M];
}

function polygon(place, left, right, front, back, properties) {
  const ring = [place(left, front), place(right, front), place(right, back), place(left, back), place(left, front)];
  return { type: "Feature", properties, geometry: { type: "Polygon", coordinates: [ring] } };
}

const collection = (features) => ({ type: "FeatureCollection", features });
