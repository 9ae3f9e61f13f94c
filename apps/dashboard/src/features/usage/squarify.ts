/** A rectangle in hundredths of the whole. */
export interface Tile {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

interface Area {
  left: number;
  top: number;
  width: number;
  height: number;
}

/**
 * Rectangles whose areas are as the weights, as square as may be (Bruls, Huizing and van Wijk). Weights come largest first and are more
 * than zero; `ratio` is the width of the whole over its height.
 */
export function squarify(weights: readonly number[], ratio: number): Tile[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const scale = (100 * ratio * 100) / total;
  const areas = weights.map((weight) => weight * scale);
  const free: Area = { left: 0, top: 0, width: 100 * ratio, height: 100 };
  const tiles: Tile[] = [];
  let row: number[] = [];
  for (const area of areas) {
    const side = Math.min(free.width, free.height);
    if (row.length > 0 && worst([...row, area], side) > worst(row, side)) {
      tiles.push(...place(row, free));
      row = [];
    }
    row.push(area);
  }
  if (row.length > 0) tiles.push(...place(row, free));
  return tiles.map(({ left, top, width, height }) => ({ left: left / ratio, top, width: width / ratio, height }));
}

/** How far the least square of a row is from a square. */
function worst(row: readonly number[], side: number): number {
  const sum = row.reduce((total, area) => total + area, 0);
  return Math.max((side ** 2 * Math.max(...row)) / sum ** 2, sum ** 2 / (side ** 2 * Math.min(...row)));
}

/** Lays a row along the shorter side of what is free, and takes it away from it. */
function place(row: readonly number[], free: Area): Tile[] {
  const sum = row.reduce((total, area) => total + area, 0);
  const isColumn = free.width >= free.height;
  const depth = sum / (isColumn ? free.height : free.width);
  let at = isColumn ? free.top : free.left;
  const tiles = row.map((area): Tile => {
    const length = area / depth;
    const tile = isColumn
      ? { left: free.left, top: at, width: depth, height: length }
      : { left: at, top: free.top, width: length, height: depth };
    at += length;
    return tile;
  });
  if (isColumn) {
    free.left += depth;
    free.width -= depth;
  } else {
    free.top += depth;
    free.height -= depth;
  }
  return tiles;
}
