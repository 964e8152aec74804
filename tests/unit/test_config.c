#include "folder.h"

#include "config.h"

#include <fcntl.h>

/* A call of config_read: its result and what it printed. */
struct run {
    enum config_result result;
    struct config config;
    char out[16384], err[2048];
};

static void capture(int fd, int *ret_saved, FILE **ret_file)
{
    *ret_file = tmpfile();
    assert_non_null(*ret_file);
    *ret_saved = dup(fd);
    dup2(fileno(*ret_file), fd);
}

static void restore(int fd, int saved, FILE *file, char *ret_text, size_t size)
{
    fflush(fd == STDOUT_FILENO ? stdout : stderr);
    dup2(saved, fd);
    close(saved);
    rewind(file);
    ret_text[fread(ret_text, 1, size - 1, file)] = '\0';
    fclose(file);
}

/* `words` end in NULL; options may keep pointers into them. */
static void run_words(struct run *run, const char *const *words)
{
    int argc = 0, saved_out, saved_err;
    FILE *out, *err;
    memset(run, 0, sizeof *run);
    while (words[argc]) {
        argc++;
    }
    fflush(stdout);
    capture(STDOUT_FILENO, &saved_out, &out);
    capture(STDERR_FILENO, &saved_err, &err);
    run->result = config_read(argc, (char **)words, &run->config);
    restore(STDERR_FILENO, saved_err, err, run->err, sizeof run->err);
    restore(STDOUT_FILENO, saved_out, out, run->out, sizeof run->out);
}

#define RUN(run, ...) run_words(run, (const char *[]){"milkypay-mock", ##__VA_ARGS__, NULL})

static int clear_environment(void **state)
{
    (void)state;
    return clearenv();
}

static void a_bare_start_has_the_documented_defaults(void **state)
{
    struct run run;
    (void)state;
    RUN(&run);
    assert_int_equal(run.result, CONFIG_SERVE);
    assert_string_equal(run.out, "");
    assert_string_equal(run.err, "");
    const struct config *c = &run.config;
    assert_string_equal(c->listen_host, "127.0.0.1");
    assert_int_equal(c->listen_port, 8080);
    assert_null(c->db);
    assert_null(c->fixtures);
    assert_null(c->public_url);
    assert_null(c->callback_rewrite_from);
    assert_null(c->control_token);
    assert_int_equal(c->settle_after_ms, 2000);
    assert_int_equal(c->retention_ms, 0);
    assert_int_equal(c->n_allow_hosts, 0);
    assert_int_equal(c->log_level, LOG_INFO);
    assert_false(c->callback_allow_any || c->callback_insecure || c->seeded || c->durable ||
                 c->log_json || c->check || c->list_routes);
}

static void every_option_is_read(void **state)
{
    struct run run;
    (void)state;
    RUN(&run, "--listen", "[::1]:0", "--db=a=b.db", "--fixtures", "dir", "--public-url",
        "https://pay.example/x//", "--ready-file", "ready", "--settle-after", "0", "--callback-url",
        "http://shop/cb", "--callback-rewrite", "https://shop.example/a?b=c=http://localhost:3000",
        "--callback-allow", "any", "--callback-ca", "/dev/null", "--callback-insecure",
        "--tls-cert", "/dev/null", "--tls-key=/dev/null", "--control-token", "t0ken",
        "--allow-host", "Mock", "--allow-host", "a.example,b.example", "--seed", "-7",
        "--retention", "14d", "--durable", "--journal", "500", "--log-level", "debug",
        "--log-format", "json", "--report", "out", "--strict", "--check", "--list-routes");
    assert_string_equal(run.err, "");
    assert_int_equal(run.result, CONFIG_SERVE);
    const struct config *c = &run.config;
    assert_string_equal(c->listen_host, "::1");
    assert_int_equal(c->listen_port, 0);
    assert_string_equal(c->db, "a=b.db");
    assert_string_equal(c->fixtures, "dir");
    assert_string_equal(c->public_url, "https://pay.example/x");
    assert_string_equal(c->ready_file, "ready");
    assert_int_equal(c->settle_after_ms, 0);
    assert_string_equal(c->callback_url, "http://shop/cb");
    assert_string_equal(c->callback_rewrite_from, "https://shop.example/a?b=c");
    assert_string_equal(c->callback_rewrite_to, "http://localhost:3000");
    assert_string_equal(c->callback_ca, "/dev/null");
    assert_string_equal(c->tls_cert, "/dev/null");
    assert_string_equal(c->tls_key, "/dev/null");
    assert_string_equal(c->control_token, "t0ken");
    assert_int_equal(c->n_allow_hosts, 3);
    assert_string_equal(c->allow_hosts[0], "mock");
    assert_string_equal(c->allow_hosts[2], "b.example");
    assert_int_equal(c->seed, -7);
    assert_int_equal(c->retention_ms, (int64_t)14 * 86400000);
    assert_int_equal(c->journal, 500);
    assert_int_equal(c->log_level, LOG_DEBUG);
    assert_string_equal(c->report, "out");
    assert_true(c->callback_allow_any && c->callback_insecure && c->seeded && c->durable &&
                c->log_json && c->strict && c->check && c->list_routes);
    assert_null(c->command);
}

static void the_journal_is_on_or_off_or_a_number(void **state)
{
    static const struct {
        const char *text;
        int64_t records;
    } rows[] = {{"on", 10000}, {"off", 0}, {"1", 1}, {"1000000", 1000000}};
    struct run run;
    (void)state;
    RUN(&run, "--durable");
    assert_int_equal(run.config.journal, 10000);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        RUN(&run, "--journal", rows[i].text);
        assert_int_equal(run.config.journal, rows[i].records);
    }
}

static void each_option_is_a_variable_too(void **state)
{
    struct run run;
    (void)state;
    setenv("MILKYPAY_LISTEN", "0.0.0.0:9000", 1);
    setenv("MILKYPAY_SETTLE_AFTER", "5s", 1);
    setenv("MILKYPAY_ALLOW_HOST", "mock, other.example", 1);
    setenv("MILKYPAY_DURABLE", "yes", 1);
    setenv("MILKYPAY_CALLBACK_INSECURE", "TRUE", 1);
    setenv("MILKYPAY_CHECK", "0", 1);
    setenv("MILKYPAY_LOG_FORMAT", "", 1);
    RUN(&run);
    assert_string_equal(run.err, "");
    assert_int_equal(run.result, CONFIG_SERVE);
    assert_string_equal(run.config.listen_host, "0.0.0.0");
    assert_int_equal(run.config.listen_port, 9000);
    assert_int_equal(run.config.settle_after_ms, 5000);
    assert_int_equal(run.config.n_allow_hosts, 2);
    assert_string_equal(run.config.allow_hosts[1], "other.example");
    assert_true(run.config.durable && run.config.callback_insecure);
    assert_false(run.config.check || run.config.log_json);
}

static void the_command_line_wins_over_the_environment(void **state)
{
    struct run run;
    (void)state;
    setenv("MILKYPAY_LISTEN", "not even an address", 1);
    setenv("MILKYPAY_ALLOW_HOST", "a,b", 1);
    RUN(&run, "--listen", "localhost:1", "--allow-host", "c");
    assert_string_equal(run.err, "");
    assert_string_equal(run.config.listen_host, "localhost");
    assert_int_equal(run.config.n_allow_hosts, 1);
    assert_string_equal(run.config.allow_hosts[0], "c");
}

static void exec_takes_the_command_behind_the_dashes(void **state)
{
    struct run run;
    (void)state;
    RUN(&run, "exec", "--seed", "7", "--", "npm", "--", "--help");
    assert_string_equal(run.err, "");
    assert_int_equal(run.result, CONFIG_SERVE);
    assert_int_equal(run.config.seed, 7);
    assert_string_equal(run.config.command[0], "npm");
    assert_string_equal(run.config.command[1], "--");
    assert_string_equal(run.config.command[2], "--help");
    assert_null(run.config.command[3]);
}

static void exec_has_a_free_port_and_a_quiet_log_unless_told_otherwise(void **state)
{
    struct run run;
    (void)state;
    RUN(&run, "exec", "--", "true");
    assert_string_equal(run.config.listen_host, "127.0.0.1");
    assert_int_equal(run.config.listen_port, 0);
    assert_int_equal(run.config.log_level, LOG_WARN);
    setenv("MILKYPAY_LISTEN", "0.0.0.0:9000", 1);
    RUN(&run, "exec", "--log-level", "debug", "--", "true");
    assert_int_equal(run.config.listen_port, 9000);
    assert_int_equal(run.config.log_level, LOG_DEBUG);
    RUN(&run, "exec", "--listen", "localhost:1", "--", "true");
    assert_int_equal(run.config.listen_port, 1);
}

static void other_variables_are_ignored(void **state)
{
    struct run run;
    (void)state;
    setenv("MILKYPAY_URL", "http://127.0.0.1:1", 1);
    setenv("MILKYPAY_PORT", "tcp://10.0.0.1:80", 1);
    setenv("MILKYPAY_LIST_ROUTES", "1", 1);
    setenv("MILKYPAY_HELP", "1", 1);
    RUN(&run);
    assert_int_equal(run.result, CONFIG_SERVE);
    assert_false(run.config.list_routes);
}

static void a_bad_option_is_one_line_of_its_name_and_reason(void **state)
{
    static const char *const rows[][4] = {
        {"\"serve\": unexpected argument; did you mean milkypay-mock [options]?", "serve"},
        {"\"-x\": options begin with --; see --help", "-x"},
        {"\"exce\": unexpected argument; did you mean exec?", "exce"},
        {"\"listen\": unexpected argument; did you mean --listen?", "listen"},
        {"\"1\": unexpected argument: --durable takes no value", "--durable", "1"},
        {"\"--\": options begin with --; see --help", "--"},
        {"\"\": unexpected argument; see --help", ""},
        {"--lissten: unknown option; did you mean --listen?", "--lissten", "a:1"},
        {"--liste: unknown option; did you mean --listen?", "--liste=a:1"},
        {"--level: unknown option; did you mean --log-level?", "--level"},
        {"--list-rout: unknown option; see --help", "--list-rout"},
        {"--: unknown option; see --help", "--=x"},
        {"--listen: HOST:PORT is missing", "--listen"},
        {"--listen: HOST:PORT is missing", "--listen", "--durable"},
        {"--listen: must not be empty", "--listen="},
        {"--listen: \"8080\" must be HOST:PORT, e.g. 127.0.0.1:8080", "--listen", "8080"},
        {"--listen: \"a:\" must be HOST:PORT, e.g. 127.0.0.1:8080", "--listen", "a:"},
        {"--listen: \"a:65536\" must be HOST:PORT, e.g. 127.0.0.1:8080", "--listen", "a:65536"},
        {"--listen: \"a:-1\" must be HOST:PORT, e.g. 127.0.0.1:8080", "--listen", "a:-1"},
        {"--listen: \"a:80x\" must be HOST:PORT, e.g. 127.0.0.1:8080", "--listen", "a:80x"},
        {"--listen: \":80\" must be HOST:PORT, e.g. 127.0.0.1:8080 or [::1]:8080", "--listen",
         ":80"},
        {"--listen: \"::1:80\" must be HOST:PORT, e.g. 127.0.0.1:8080 or [::1]:8080", "--listen",
         "::1:80"},
        {"--listen: \"[]:80\" must be HOST:PORT, e.g. 127.0.0.1:8080 or [::1]:8080", "--listen",
         "[]:80"},
        {"--listen: \"[::1:80\" must be HOST:PORT, e.g. 127.0.0.1:8080 or [::1]:8080", "--listen",
         "[::1:80"},
        {"--listen: \"http://a:80\" must be HOST:PORT, e.g. 127.0.0.1:8080 or [::1]:8080",
         "--listen", "http://a:80"},
        {"--durable: must not have a value", "--durable=1"},
        {"--settle-after: \"2\" must be a duration: a whole number and ms, s, m, h or d, e.g. 2s",
         "--settle-after", "2"},
        {"--settle-after: \"-2s\" must be a duration: a whole number and ms, s, m, h or d, e.g. 2s",
         "--settle-after", "-2s"},
        {"--public-url: \"localhost\" must be an http or https URL", "--public-url", "localhost"},
        {"--public-url: \"http:\" must be an http or https URL", "--public-url", "http://"},
        {"--public-url: \"http://a/?x\" must not contain ? or #: paths are appended to it",
         "--public-url", "http://a/?x"},
        {"--callback-url: \"a b\" must be an http or https URL", "--callback-url", "a b"},
        {"--callback-rewrite: \"http://a\" must be FROM=TO with two http or https URLs",
         "--callback-rewrite", "http://a"},
        {"--callback-rewrite: \"http://a=b\" must be FROM=TO with two http or https URLs",
         "--callback-rewrite", "http://a=b"},
        {"--callback-rewrite: \"=http://a\" must be FROM=TO with two http or https URLs",
         "--callback-rewrite==http://a"},
        {"--callback-allow: \"all\" must be private or any", "--callback-allow", "all"},
        {"--callback-ca: \"/nowhere\": No such file or directory", "--callback-ca", "/nowhere"},
        {"--tls-cert: requires --tls-key", "--tls-cert", "/dev/null"},
        {"--tls-key: requires --tls-cert", "--tls-key", "/dev/null"},
        {"--control-token: must be printable ASCII without spaces: it is sent in headers",
         "--control-token", "a b"},
        {"--allow-host: \"http://a\" must be a host name without scheme and port", "--allow-host",
         "http://a"},
        {"--allow-host: \"a b\" must be a host name without scheme and port", "--allow-host",
         "a b"},
        {"--allow-host: \"\" must be a host name without scheme and port", "--allow-host", "a,"},
        {"--allow-host: must be at most 16 names", "--allow-host",
         "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q"},
        {"--seed: \"1.5\" must be a whole number", "--seed", "1.5"},
        {"--seed: \"99999999999999999999\" must be a whole number", "--seed",
         "99999999999999999999"},
        {"exec: -- COMMAND ... is missing, e.g. exec -- npm test", "exec"},
        {"exec: -- COMMAND ... is missing, e.g. exec -- npm test", "exec", "--"},
        {"exec: -- COMMAND ... is missing, e.g. exec -- npm test", "exec", "--durable"},
        {"\"npm\": put -- before the command: exec -- npm test", "exec", "npm", "test"},
        {"\"npm\": put -- before the command: exec [options] -- npm", "exec", "--strict", "npm"},
        {"\"node\": put -- before the command: exec -- node", "exec", "node", "--"},
        {"--port: unknown option; did you mean --listen HOST:PORT?", "--port", "9999"},
        {"\"-p\": options begin with --; did you mean --listen HOST:PORT?", "-p", "9999"},
        {"\"-x\": options begin with --; see --help", "-x"},
        {"--strict: \"some\" must be all or delivery", "--strict=some"},
        {"--report: must not be empty", "--report="},
        {"--log-level: \"all\" must be error, warn, info or debug", "--log-level", "all"},
        {"--log-format: \"xml\" must be text or json", "--log-format", "xml"},
        {"--journal: \"0\" must be on, off or a number from 1 to 1000000", "--journal", "0"},
        {"--journal: \"all\" must be on, off or a number from 1 to 1000000", "--journal", "all"},
        {"--db: must not be empty", "--db", ""},
        {"--settle-after: \"?[2J?\" must be a duration: a whole number and ms, s, m, h or d, e.g. "
         "2s",
         "--settle-after", "\x1b[2J\n"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct run run;
        char wanted[512];
        RUN(&run, rows[i][1], rows[i][2], rows[i][3]);
        snprintf(wanted, sizeof wanted, "milkypay-mock: %s\n", rows[i][0]);
        assert_row(wanted, run.result == CONFIG_WRONG);
        assert_row_text(wanted, run.err, wanted);
        assert_row_text(wanted, run.out, "");
    }
}

static void a_bad_variable_is_named_as_it_is_set(void **state)
{
    struct run run;
    (void)state;
    setenv("MILKYPAY_DURABLE", "maybe", 1);
    RUN(&run);
    assert_int_equal(run.result, CONFIG_WRONG);
    assert_string_equal(
        run.err,
        "milkypay-mock: MILKYPAY_DURABLE: \"maybe\" must be 1, true, yes, 0, false or no\n");
}

static void every_bad_variable_is_told(void **state)
{
    struct run run;
    (void)state;
    setenv("MILKYPAY_DURABLE", "maybe", 1);
    setenv("MILKYPAY_SEED", "x", 1);
    RUN(&run);
    assert_int_equal(run.result, CONFIG_WRONG);
    assert_non_null(strstr(run.err, "MILKYPAY_DURABLE: "));
    assert_non_null(strstr(run.err, "MILKYPAY_SEED: \"x\" must be a whole number"));
}

static void a_secret_is_never_echoed(void **state)
{
    struct run run;
    (void)state;
    RUN(&run, "--control-token", "my secret");
    assert_int_equal(run.result, CONFIG_WRONG);
    assert_null(strstr(run.err, "secret"));
}

static void help_names_every_option_and_variable_within_100_columns(void **state)
{
    static const char *const wanted[] = {
        "--listen HOST:PORT",
        "MILKYPAY_LISTEN, default 127.0.0.1:8080",
        "--settle-after DURATION",
        "MILKYPAY_SETTLE_AFTER, default 2s",
        "--callback-allow private|any",
        "MILKYPAY_CALLBACK_ALLOW, default private",
        "--callback-rewrite FROM=TO",
        "--tls-cert FILE",
        "--tls-key FILE",
        "--control-token TOKEN",
        "--allow-host NAME",
        "--seed N",
        "--retention DURATION",
        "--durable",
        "--log-level",
        "--log-format",
        "--journal on|off|N",
        "--check",
        "--help",
        "--version",
        "--db FILE",
        "--fixtures DIR",
        "--public-url URL",
        "--ready-file FILE",
        "--callback-url URL",
        "--callback-ca FILE",
        "--callback-insecure",
        "MILKYPAY_CONTROL_TOKEN",
        "healthcheck",
        "exec [options] -- COMMAND ...",
        "--report DIR",
        "--strict",
        "MILKYPAY_SECRET_KEY",
    };
    struct run run;
    (void)state;
    setenv("MILKYPAY_LISTEN", "bad", 1); /* help works with any environment */
    RUN(&run, "--durable", "--help", "--no-such-option");
    assert_int_equal(run.result, CONFIG_DONE);
    assert_string_equal(run.err, "");
    for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
        assert_row(wanted[i], strstr(run.out, wanted[i]) != NULL);
    }
    struct run brief;
    RUN(&brief, "-h");
    assert_int_equal(brief.result, CONFIG_DONE);
    assert_string_equal(brief.out, run.out);
    assert_null(strstr(run.out, "list-routes"));
    for (char *line = strtok(run.out, "\n"); line; line = strtok(NULL, "\n")) {
        assert_row(line, strlen(line) <= 100);
    }
}

static void version_begins_with_the_programs_own(void **state)
{
    static const char *const lines[] = {"milkypay-mock " MILKYPAY_VERSION,
                                        "commit ",
                                        "libmicrohttpd ",
                                        "jansson ",
                                        "SQLite ",
                                        "libcurl ",
                                        "OpenSSL ",
                                        "PCRE2 ",
                                        "libqrencode "};
    struct run run;
    size_t i = 0;
    (void)state;
    RUN(&run, "--version");
    assert_int_equal(run.result, CONFIG_DONE);
    for (char *line = strtok(run.out, "\n"); line; line = strtok(NULL, "\n"), i++) {
        assert_true(i < ARRAY_SIZE(lines));
        assert_row(lines[i], strncmp(line, lines[i], strlen(lines[i])) == 0);
        assert_row(line, i == 0 || strlen(line) > strlen(lines[i]));
    }
    assert_int_equal(i, ARRAY_SIZE(lines));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_bare_start_has_the_documented_defaults, clear_environment),
        cmocka_unit_test_setup(every_option_is_read, clear_environment),
        cmocka_unit_test_setup(the_journal_is_on_or_off_or_a_number, clear_environment),
        cmocka_unit_test_setup(each_option_is_a_variable_too, clear_environment),
        cmocka_unit_test_setup(the_command_line_wins_over_the_environment, clear_environment),
        cmocka_unit_test_setup(exec_takes_the_command_behind_the_dashes, clear_environment),
        cmocka_unit_test_setup(exec_has_a_free_port_and_a_quiet_log_unless_told_otherwise,
                               clear_environment),
        cmocka_unit_test_setup(other_variables_are_ignored, clear_environment),
        cmocka_unit_test_setup(a_bad_option_is_one_line_of_its_name_and_reason, clear_environment),
        cmocka_unit_test_setup(a_bad_variable_is_named_as_it_is_set, clear_environment),
        cmocka_unit_test_setup(every_bad_variable_is_told, clear_environment),
        cmocka_unit_test_setup(a_secret_is_never_echoed, clear_environment),
        cmocka_unit_test_setup(help_names_every_option_and_variable_within_100_columns,
                               clear_environment),
        cmocka_unit_test_setup(version_begins_with_the_programs_own, clear_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
