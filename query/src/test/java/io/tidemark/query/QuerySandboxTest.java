package io.tidemark.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.query.QueryEngine;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two walls, each tested alone: the check of the syntax, and the session that refuses whatever gets past it. */
class QuerySandboxTest {
    @TempDir
    Path folder;

    private QueryEngine engine;
    private TestCatalog catalog;

    @BeforeEach
    void open() throws Exception {
        engine = new DuckDbQueryEngineProvider().open(folder.resolve("scratch"), 256L << 20);
        List<Column> columns = List.of(new Column("id", ColumnType.INT64, false, "bigint"));
        RowSchema schema = new RowSchema(new TableId("public", "accounts"), columns, List.of("id"), BeforeImage.KEY);
        catalog = new TestCatalog()
                .with(MirrorFiles.pinned(
                        new LakeTableSpec(schema, List.of(), DeleteMode.HARD),
                        List.of(new MirrorFiles(folder.resolve("lake")).write(columns, List.of(List.of(1L))))));
    }

    @AfterEach
    void close() {
        engine.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "COPY accounts TO 'FOLDER/out.csv'",
                "COPY (SELECT 1) TO 'FOLDER/out.csv'",
                "EXPORT DATABASE 'FOLDER/out'",
                "ATTACH 'FOLDER/out.db'",
                "ATTACH ':memory:' AS x",
                "INSTALL httpfs",
                "LOAD httpfs",
                "PRAGMA database_list",
                "SET memory_limit = '1TB'",
                "RESET ALL",
                "CREATE TABLE t AS SELECT 1",
                "CREATE MACRO f() AS 1",
                "DROP VIEW public.accounts",
                "INSERT INTO accounts VALUES (1)",
                "UPDATE accounts SET id = 1",
                "DELETE FROM accounts",
                "CALL pragma_version()",
                "EXPLAIN SELECT 1",
                "BEGIN",
                "USE memory",
                "PREPARE p AS SELECT 1",
                "CHECKPOINT",
                "VACUUM",
                "SELECT 1; SELECT 2",
                "SELECT 1; DROP VIEW public.accounts",
                "",
                ";",
                "-- nothing",
                "SELECT * FROM read_csv('/etc/passwd')",
                "SELECT * FROM read_text('/etc/passwd')",
                "SELECT * FROM read_blob('/etc/passwd')",
                "SELECT * FROM sniff_csv('/etc/passwd')",
                "SELECT * FROM glob('/etc/*')",
                "SELECT * FROM read_parquet('FOLDER/lake/file-1.parquet')",
                "SELECT * FROM parquet_metadata('FOLDER/lake/file-1.parquet')",
                "SELECT * FROM parquet_schema('FOLDER/lake/file-1.parquet')",
                "SELECT * FROM read_json('/etc/passwd')",
                "SELECT * FROM duckdb_secrets()",
                "SELECT * FROM duckdb_settings()",
                "SELECT * FROM duckdb_views()",
                "SELECT * FROM query('SELECT 1')",
                "SELECT * FROM query_table('accounts')",
                "SELECT * FROM pragma_database_size()",
                "SELECT current_setting('temp_directory')",
                "SELECT getenv('HOME')",
                "SELECT id FROM accounts WHERE EXISTS (FROM read_text('/etc/passwd'))",
                "SELECT (SELECT content FROM read_text('/etc/passwd'))",
                "WITH x AS (FROM read_text('/etc/passwd')) SELECT 1",
                "SELECT 1 ORDER BY (SELECT count(*) FROM glob('/*'))",
                "SELECT * FROM range((SELECT count(*) FROM glob('/*')))",
                "SELECT CASE WHEN true THEN current_setting('temp_directory') END",
                "SELECT [x FOR x IN [getenv('HOME')]]",
                "SELECT json_serialize_plan('SELECT 1')",
                "SELECT sleep_ms(100000)",
                "SELECT * FROM (SHOW TABLES)",
                "SHOW DATABASES",
                "SHOW ALL TABLES",
                "SELECT * FROM accounts AT (VERSION => 1)",
                "SELECT write_log('x')",
                "SELECT nextval('s')",
                "FROM SYSTEM.MAIN.READ_TEXT('/etc/passwd')",
                "SELECT \"getenv\"('HOME')",
                "SELECT * FROM json_execute_serialized_sql('{}')",
                "SELECT pg_get_viewdef(1)",
                "SELECT * FROM which_secret('s3://x', 's3')"
            })
    void refusesEverythingButOneSelectOverItsTables(String sql) throws Exception {
        assertThatThrownBy(() -> engine.run(sql.replace("FOLDER", folder.toString()), catalog, new Result()))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.QUERY_REJECTED))
                .as("refused by its syntax, not by the session")
                .hasMessageNotContaining("Permission Error");
        assertThat(folder.resolve("out.csv")).doesNotExist();
        assertThat(folder.resolve("out.db")).doesNotExist();
        assertThat(catalog.asked()).isEmpty();
    }

    @Test
    void theSessionItselfRefusesWhatTheSyntaxCheckWouldMiss() throws Exception {
        Path given = Files.writeString(folder.resolve("given.csv"), "a\n1\n");
        Path other = Files.writeString(folder.resolve("other.csv"), "a\n1\n");
        Sessions sessions = new Sessions(folder.resolve("scratch"), 256L << 20);
        try (DuckDbSession session = sessions.open()) {
            session.closeToAllBut(List.of(given.toString()));
            session.execute("SELECT * FROM read_csv('" + given + "')");
            for (String sql : List.of(
                    "SELECT * FROM read_csv('" + other + "')",
                    "SELECT * FROM read_text('" + other + "')",
                    "SELECT * FROM '" + other + "'",
                    "SELECT * FROM glob('" + folder + "/*')",
                    "COPY (SELECT 1) TO '" + folder.resolve("x.csv") + "'",
                    "ATTACH '" + folder.resolve("x.db") + "'",
                    "SET enable_external_access = true",
                    "SET lock_configuration = false",
                    "SET allowed_paths = ['" + other + "']",
                    "INSTALL httpfs",
                    "LOAD httpfs",
                    "SET memory_limit = '1TB'",
                    "EXPORT DATABASE '" + folder.resolve("x") + "'")) {
                assertThatThrownBy(() -> session.execute(sql)).as(sql).isInstanceOf(java.sql.SQLException.class);
            }
        }
        assertThat(folder.resolve("x.csv")).doesNotExist();
    }
}
