// Commands by single letters, which somebody who dictates would give by accident: they can be switched off (WCAG 2.2, 2.1.4), and stay so.
import { type HotkeyItem, useHotkeys, useLocalStorage } from '@mantine/hooks';

export const useLetterKeysWish = () =>
  useLocalStorage<boolean>({ key: 'relance-letter-keys', defaultValue: true, getInitialValueInEffect: false });

export function useLetterKeys(keys: HotkeyItem[]): void {
  const [wanted] = useLetterKeysWish();
  useHotkeys(wanted ? keys : []);
}
