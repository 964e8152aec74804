module milkypaymock

go 1.19
