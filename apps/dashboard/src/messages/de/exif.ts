import type { Messages } from '../messages.ts';

export const exif: Messages['exif'] = {
  pixels: 'Pixel',
  taken: 'Aufgenommen',
  maker: 'Hersteller',
  camera: 'Kamera',
  lens: 'Objektiv',
  exposure: 'Belichtung',
  aperture: 'Blende',
  iso: 'ISO',
  focalLength: 'Brennweite',
  orientation: 'Ausrichtung',
  artist: 'Urheber',
  copyright: 'Copyright',
  software: 'Software',
  place: 'Ort',
};
