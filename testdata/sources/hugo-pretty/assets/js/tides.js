export const tides = ['04:12', '10:31', '16:40', '22:58'];
