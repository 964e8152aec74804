-- wrk: GETs the paths that stand in the file BENCH_PATHS, one a line, in turn.
local requests, n = {}, 0

function init(args)
    local headers = { ["Authorization"] = os.getenv("BENCH_AUTH"), ["Host"] = wrk.headers["Host"] }
    for path in io.lines(os.getenv("BENCH_PATHS")) do
        requests[#requests + 1] = wrk.format("GET", path, headers)
    end
end

function request()
    n = n % #requests + 1
    return requests[n]
end
