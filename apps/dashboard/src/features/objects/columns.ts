/** Grid columns: select, name, size, type, modified, actions. */
export const COLUMNS = {
  wide: '44px minmax(0, 1fr) 96px 168px 136px 44px',
  narrow: '44px minmax(0, 1fr) 44px',
} as const;
