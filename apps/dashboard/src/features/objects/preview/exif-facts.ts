import { load } from 'exifreader';

/** A name and what the picture says about it. */
export type ExifFact = readonly [string, string];

const TAGS = [
  ['DateTimeOriginal', 'Taken'],
  ['Make', 'Made by'],
  ['Model', 'Camera'],
  ['LensModel', 'Lens'],
  ['ExposureTime', 'Exposure'],
  ['FNumber', 'Aperture'],
  ['ISOSpeedRatings', 'ISO'],
  ['FocalLength', 'Focal length'],
  ['Orientation', 'Orientation'],
  ['Artist', 'Artist'],
  ['Copyright', 'Copyright'],
  ['Software', 'Software'],
] as const;

/** What a camera noted in a picture; empty when there is nothing, or nothing that can be read. */
export function readExif(bytes: ArrayBuffer): readonly ExifFact[] {
  try {
    const { exif = {}, gps, file } = load(bytes, { expanded: true });
    const width = file?.['Image Width']?.value;
    const height = file?.['Image Height']?.value;
    const facts = TAGS.flatMap(([tag, name]): ExifFact[] => {
      const text = exif[tag]?.description;
      return typeof text === 'string' && text.trim() !== '' ? [[name, text]] : [];
    });
    return [
      ...(width && height ? [['Pixels', `${width} × ${height}`] as const] : []),
      ...facts,
      ...(gps?.Latitude !== undefined && gps.Longitude !== undefined
        ? [['Place', `${gps.Latitude.toFixed(5)}, ${gps.Longitude.toFixed(5)}`] as const]
        : []),
    ];
  } catch {
    return [];
  }
}
