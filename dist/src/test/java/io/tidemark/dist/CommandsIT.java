package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands as a user meets them: a new pipeline from init to drop, and what each says when something is wrong. */
class CommandsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static EmbeddedPostgresServer server;

    @TempDir
    Path folder;

    private Path config;
    private String database;

    @BeforeAll
    static void startServer() {
        server = EmbeddedPostgresServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void leadsFromInitToDrop() throws Exception {
        config = folder.resolve("tidemark.yaml");
        database = server.createDatabase();
        server.execute(
                database,
                "create table accounts (id bigint primary key, balance numeric(12,2) not null, note text)",
                "insert into accounts values (1, 10.50, null), (2, 0, ''), (3, -1, 'ü,\"')",
                "create table audit_log (id int primary key)",
                "insert into audit_log select generate_series(1, 100)");

        RecordedCommand init = run(
                "init", "--yes", "--url", url(), "--user", server.user(), "--password-env", "-", "--table", "public.*");
        assertThat(init.err()).isEmpty();
        assertThat(init.out()).contains("Wrote " + config, "Nothing failed", "Next: 'tidemark run'");
        assertThat(run("init", "--yes").err()).contains("the file exists", "--force");
        Files.writeString(
                config,
                Files.readString(config).replace("#slices:", "slices:").replace("#  interval: 10s", "  interval: 1s"));
        assertThat(run("check").exitCode()).isZero();
        assertThat(run("status").out()).contains("never ran", "No tables yet");

        Process process = start("run");
        try {
            await().atMost(PATIENCE).until(() -> run("status").out().split("  live ", -1).length == 3);
            server.execute(
                    database,
                    "insert into accounts values (4, 1, 'new')",
                    "update accounts set note = 'x' where id = 1");
            look();
            prove();
            steer();
        } finally {
            process.destroy();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(process.exitValue()).isEqualTo(128 + 15);
        assertThat(Files.readString(log("run")))
                .contains("table=public.accounts state=live", "Stopping: finishing what is under way ...")
                .doesNotContain("Exception");
        drop();
    }

    private void look() {
        assertThat(run("tables").out()).contains("public.accounts   live").contains("public.audit_log  live");
        assertThat(run("tables", "accounts").out()).contains("balance  decimal(12,2)  numeric(12,2)  no");
        String rows = "select id, balance, note from accounts order by id";
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(run("query", "--format", "csv", rows).out())
                                .isEqualTo(
                                        "id,balance,note\r\n1,10.50,x\r\n2,0.00,\"\"\r\n3,-1.00,\"ü,\"\"\"\r\n4,1.00,new\r\n"));
        assertThat(run("query", "--json", rows).out()).startsWith("{\"id\":1,\"balance\":\"10.50\",\"note\":\"x\"}\n");
        assertThat(run("query", rows).out())
                .startsWith("id  balance  note\n 1    10.50  x\n")
                .endsWith("(4 rows)\n");
        assertThat(run("slices").out()).contains("INTERVAL").contains("1  ");
        assertThat(run("status", "--json").out()).contains("\"freshnessMillis\" : ", "\"state\" : \"live\"");
        String slice = run("slices", "--json")
                .out()
                .lines()
                .filter(line -> line.contains("\"name\" : \"20"))
                .findFirst()
                .map(line -> line.replaceFirst(".*: \"", "").replaceFirst("\".*", ""))
                .orElseThrow();
        assertThat(run("slices", "preview", slice).exitCode()).isZero();
        assertThat(run("query", "select _tidemark_op, id from history.accounts order by id")
                        .out())
                .contains("4");
    }

    private void prove() {
        RecordedCommand verify = run("verify");
        assertThat(verify.exitCode()).as(verify.toString()).isZero();
        assertThat(verify.out()).contains("Proven equal: 2 tables, 104 rows.");
        RecordedCommand json = run("verify", "accounts", "--json");
        assertThat(json.exitCode()).isZero();
        assertThat(json.out()).startsWith("{\n  \"equal\" : true,");
        assertThat(json.err()).isEmpty();
    }

    private void steer() {
        assertThat(run("pause", "public.audit_*").out()).isEqualTo("public.audit_log: paused\n");
        assertThat(run("verify", "--timeout", "10s").exitCode()).isEqualTo(11);
        assertThat(run("resume", "--all").out()).startsWith("public.audit_log: ");
        assertThat(run("drop", "audit_log").err()).contains("it was not confirmed", "Add --yes");
        assertThat(run("drop", "audit_log", "--yes").out()).isEqualTo("public.audit_log: dropped, mirror kept\n");
        assertThat(run("add", "audit_log").out()).isEqualTo("public.audit_log: pending\n");
        assertThat(run("resync", "accounts").out()).isEqualTo("public.accounts: pending\n");
        await().atMost(PATIENCE).until(() -> run("verify").exitCode() == 0);
        assertThat(run("drop", "--all", "--yes").err()).contains("it is running", "Stop 'tidemark run' first.");
    }

    private void drop() throws Exception {
        await().atMost(PATIENCE).until(() -> run("drop", "--all", "--yes").exitCode() == 0);
        try (var connection = server.connect(database);
                var rows = connection
                        .createStatement()
                        .executeQuery(
                                "select count(*) from pg_replication_slots where database = '" + database + "'")) {
            rows.next();
            assertThat(rows.getInt(1)).isZero();
        }
    }

    @Test
    void tellsWhatIsWrongWithARemedyAndWithoutAStackTrace() throws IOException {
        config = folder.resolve("tidemark.yaml");
        database = server.createDatabase();
        server.execute(database, "create table t (id int primary key)");

        write("url: postgresql://localhost:1/x, user: u");
        assertError(run("check"), 4, "FAILED", "connect");

        write("url: \"" + url() + "\", user: " + server.user() + ", pasword: x");
        assertError(run("status"), 3, "source.pasword is not a setting; did you mean password?");

        write("url: \"" + url() + "\", user: " + server.user() + ", password: \"${env:NO_SUCH}\"");
        assertError(run("run"), 3, "the environment variable NO_SUCH is not set", "SECRET_NOT_FOUND");

        write("url: \"" + url() + "\", user: " + server.user());
        assertError(run("pause", "nope"), 2, "Cannot find table nope");
        assertError(run("query", "select * from nope"), 2, "error: Cannot");
        assertError(run("query", "drop table t"), 2, "QUERY_REJECTED");
        assertError(run("query", "--as-of", "soon", "select 1"), 2, "Cannot read --as-of soon");
        assertError(run("slices", "preview", "7"), 2, "Cannot find slice 7");
        assertError(run("resync", "--all", "t"), 2, "name some, or write --all");
    }

    private static void assertError(RecordedCommand command, int exitCode, String... texts) {
        assertThat(command.exitCode()).as(command.toString()).isEqualTo(exitCode);
        assertThat(command.out() + command.err()).contains(texts).doesNotContain("\tat ");
    }

    /** The launcher of the layout has plug-ins looked for in Tidemark's own jars alone; here it is all of the class path. */
    @Test
    void knowsAllPlugInsWhenItIsInstalled() throws Exception {
        config = folder.resolve("tidemark.yaml");
        Path launcher = Path.of(System.getProperty("tidemark.plugins")).resolveSibling("bin/tidemark");
        Path out = folder.resolve("settings.json");
        Process process = new ProcessBuilder(launcher.toString(), "settings", "--json")
                .redirectOutput(out.toFile())
                .redirectError(log("settings").toFile())
                .start();
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

        assertThat(Files.readString(log("settings"))).isEmpty();
        assertThat(Files.readString(out)).isEqualTo(run("settings", "--json").out());
    }

    private void write(String source) throws IOException {
        Files.writeString(
                config,
                "pipeline: " + database + "\nsource: {type: postgres, " + source + "}\nlake: {location: ./lake}\n");
    }

    private RecordedCommand run(String... args) {
        return RecordedCommand.run(config, Map.of(), args);
    }

    private String url() {
        return "postgresql://" + server.host() + ":" + server.port() + "/" + database;
    }

    private Path log(String name) {
        return folder.resolve(name + ".log");
    }

    private Process start(String... args) throws IOException {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        line.addAll(Arrays.asList(args));
        line.addAll(List.of("--config", config.toString()));
        return new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(log(args[0]).toFile())
                .start();
    }
}
