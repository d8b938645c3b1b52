// Where the picture lies in the stage: fitted, or enlarged and moved by the operator. Pure numbers.

const SCALE_MAX = 6; // times the fitted size

export class View {
  constructor() {
    this.width = this.height = 1; // of the stage
    this.pictureWidth = this.pictureHeight = 1;
    this.zoom = 1;
    this.centerX = this.centerY = 0.5; // of the picture, in the middle of the stage
  }

  get scale() {
    return Math.min(this.width / this.pictureWidth, this.height / this.pictureHeight) * this.zoom;
  }

  /** Pixels of the stage for a place of the picture (0 to 1). */
  at(x, y) {
    return [
      this.width / 2 + (x - this.centerX) * this.pictureWidth * this.scale,
      this.height / 2 + (y - this.centerY) * this.pictureHeight * this.scale,
    ];
  }

  /** The place of the picture (0 to 1, kept inside) under a pixel of the stage. */
  place(px, py) {
    const inside = (value) => Math.min(1, Math.max(0, value));
    return [
      inside(this.centerX + (px - this.width / 2) / (this.pictureWidth * this.scale)),
      inside(this.centerY + (py - this.height / 2) / (this.pictureHeight * this.scale)),
    ];
  }

  /** Enlarge by a factor, keeping the place under this pixel where it is. */
  zoomAt(factor, px, py) {
    const before = this.scale;
    this.zoom = Math.min(SCALE_MAX, Math.max(1, this.zoom * factor));
    const after = this.scale;
    this.centerX += ((px - this.width / 2) / this.pictureWidth) * (1 / before - 1 / after);
    this.centerY += ((py - this.height / 2) / this.pictureHeight) * (1 / before - 1 / after);
    this.keepInside();
  }

  moveBy(dx, dy) {
    this.centerX -= dx / (this.pictureWidth * this.scale);
    this.centerY -= dy / (this.pictureHeight * this.scale);
    this.keepInside();
  }

  fit() {
    this.zoom = 1;
    this.centerX = this.centerY = 0.5;
  }

  keepInside() {
    const half = (stage, picture) => Math.min(0.5, stage / (picture * this.scale) / 2);
    const halfX = half(this.width, this.pictureWidth);
    const halfY = half(this.height, this.pictureHeight);
    this.centerX = Math.min(1 - halfX, Math.max(halfX, this.centerX));
    this.centerY = Math.min(1 - halfY, Math.max(halfY, this.centerY));
  }
}
