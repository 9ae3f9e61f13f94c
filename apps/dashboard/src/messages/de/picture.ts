import type { Messages } from '../messages.ts';

export const picture: Messages['picture'] = {
  webp: 'WebP',
  share: (percent) => `, ${percent} % des Originals`,
  width: 'Breite',
  height: 'Höhe',
  fit: 'Einpassen',
  cover: 'Füllen, der Rest wird abgeschnitten',
  contain: 'Ganz zeigen',
  fill: 'Strecken, verzerrt',
  format: 'Format',
  best: 'Das beste, das der Browser nimmt',
  asIs: 'Wie es ist',
  quality: (value) => `Qualität ${value}`,
  result: 'Was herauskommt',
  size: 'Größe',
  type: 'Typ',
  publicAddress: 'Öffentliche Adresse',
  signedAddress: 'Signierte Adresse',
  auto: 'auto',
};
