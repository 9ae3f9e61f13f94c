import { load } from 'exifreader';
import type { Messages } from '../../../messages/messages.ts';

/** A name and what the picture says about it. */
export type ExifFact = readonly [keyof Messages['exif'], string];

const TAGS = {
  DateTimeOriginal: 'taken',
  Make: 'maker',
  Model: 'camera',
  LensModel: 'lens',
  ExposureTime: 'exposure',
  FNumber: 'aperture',
  ISOSpeedRatings: 'iso',
  FocalLength: 'focalLength',
  Orientation: 'orientation',
  Artist: 'artist',
  Copyright: 'copyright',
  Software: 'software',
} as const;

/** What a camera noted in a picture; empty when there is nothing, or nothing that can be read. */
export function readExif(bytes: ArrayBuffer): readonly ExifFact[] {
  try {
    const { exif = {}, gps, file } = load(bytes, { expanded: true });
    const width = file?.['Image Width']?.value;
    const height = file?.['Image Height']?.value;
    const noted = new Map<string, { readonly description?: unknown }>(Object.entries(exif));
    const facts = Object.entries(TAGS).flatMap(([tag, name]): ExifFact[] => {
      const text = noted.get(tag)?.description;
      return typeof text === 'string' && text.trim() !== '' ? [[name, text]] : [];
    });
    return [
      ...(width && height ? [['pixels', `${width} × ${height}`] as const] : []),
      ...facts,
      ...(gps?.Latitude !== undefined && gps.Longitude !== undefined
        ? [['place', `${gps.Latitude.toFixed(5)}, ${gps.Longitude.toFixed(5)}`] as const]
        : []),
    ];
  } catch {
    return [];
  }
}
