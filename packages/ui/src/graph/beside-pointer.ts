const AWAY = 14;

/** Where a tip stands beside the pointer on a picture of this width: on the side that has room. */
export const besidePointer = (x: number, y: number, width: number): string =>
  x > width / 2 ? `translate(calc(${x - AWAY}px - 100%), ${y + AWAY}px)` : `translate(${x + AWAY}px, ${y + AWAY}px)`;
