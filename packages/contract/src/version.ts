/** Version of every workspace; they are released together. */
export const VERSION = '0.1.0';
