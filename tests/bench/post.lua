-- wrk: POSTs BENCH_BODY, each time with a reference_id of its own in place of REFERENCE.
-- The request is put together once; only the fixed-width number changes. BENCH_TYPE is the type of the body, JSON
-- unless it is set.
local n, before, after = 0, nil, nil

function init(args)
    local body = os.getenv("BENCH_BODY"):gsub("REFERENCE", os.getenv("BENCH_RUN") .. "-NNNNNNNNNN")
    local headers = { ["Host"] = wrk.headers["Host"] }
    headers["Content-Type"] = os.getenv("BENCH_TYPE") or "application/json"
    headers["Authorization"] = os.getenv("BENCH_AUTH")
    local whole = wrk.format("POST", wrk.path, headers, body)
    local from, to = whole:find("NNNNNNNNNN", 1, true)
    before = whole:sub(1, (from or #whole + 1) - 1)
    after = from and whole:sub(to + 1)
end

function request()
    if not after then
        return before
    end
    n = n + 1
    return before .. string.format("%010d", n) .. after
end
