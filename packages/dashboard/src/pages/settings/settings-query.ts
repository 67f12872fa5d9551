// What holds for the tenant, read once for all panels that show a part of it.
import { queryOptions } from '@tanstack/react-query';
import { api } from '../../api.ts';

export const settingsQuery = queryOptions({ queryKey: ['settings'], queryFn: () => api.settings() });
