// The faults of an account, by the control API.

export const fault = async (api, body) => (await api.control('POST', '/faults', body)).expect(201).json;
export const faults = async (api) => (await api.control('GET', '/faults')).expect(200).json.items;
export const hits = async (api) => (await faults(api)).map((one) => one.hits);
