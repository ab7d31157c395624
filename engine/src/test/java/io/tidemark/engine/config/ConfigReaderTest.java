package io.tidemark.engine.config;

import static io.tidemark.engine.config.ConfigFixture.LEAST;
import static io.tidemark.engine.config.ConfigFixture.PASSWORD;
import static io.tidemark.engine.config.ConfigFixture.PLUGINS;
import static io.tidemark.engine.config.ConfigFixture.URL;
import static io.tidemark.engine.config.ConfigFixture.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tidemark.engine.mirror.AddedColumn;
import io.tidemark.engine.mirror.DerivedTime;
import io.tidemark.spi.config.Setting;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.slice.SliceFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigReaderTest {
    @TempDir
    Path folder;

    @Test
    void fillsInEveryDefault() {
        PipelineConfig config = read(folder, LEAST);

        assertThat(config.file()).isEqualTo(folder.resolve("tidemark.yaml"));
        assertThat(config.pipeline()).isEqualTo("bank");
        assertThat(config.source().type()).isEqualTo("postgres");
        assertThat(config.lake().type()).isEqualTo("iceberg");
        assertThat(config.location()).isEqualTo(folder.resolve("lake").toString());
        assertThat(config.state()).isEqualTo(folder.resolve(".tidemark"));
        assertThat(config.metadata().type()).isEqualTo("jdbc");
        assertThat(config.metadata().settings().value(Setting.text("url", "")))
                .isEqualTo("jdbc:sqlite:" + folder.resolve(".tidemark/metadata.db"));
        assertThat(config.slices())
                .isEqualTo(new SliceConfig(
                        Duration.ofSeconds(10),
                        SliceTime.ARRIVAL,
                        256L << 20,
                        Duration.ofDays(7),
                        SliceFormat.PARQUET));
        assertThat(config.limits())
                .isEqualTo(new LimitConfig(
                        2,
                        2,
                        256L << 20,
                        256L << 20,
                        Duration.ofSeconds(60),
                        10L << 30,
                        RetainedLogPolicy.ALERT,
                        1L << 30,
                        50L << 30,
                        10_000));
        assertThat(config.tables()).hasSize(1);
        assertThat(config.tables().get(0).matches(new TableId("any schema", "any.table")))
                .isTrue();
    }

    @Test
    void readsEverythingThatIsWritten() {
        PipelineConfig config = read(folder, """
                pipeline: bank_2
                source:
                  type: postgres
                  url: postgresql://db:5432/bank
                  user: tide
                  password: "p: #x"
                  properties: {socketTimeout: 30, "odd key": ''}
                lake:
                  type: iceberg
                  location: s3://bucket/lake/
                  format-version: 2
                  properties:
                    s3.endpoint: http://localhost:9000
                slices: {interval: 1s, max-size: 64MiB, keep: 24h, format: jsonl}
                metadata: {type: etcd, endpoints: "h1,h2"}
                state: /var/lib/tidemark
                types: {timestamp: string}
                tables:
                  - exclude: public.audit_*
                  - include: public.transactions
                    partition: [day(create_at), "bucket(16, account)"]
                    delete: soft
                    columns: {amount: string, price: "decimal(20,4)"}
                    latest-by: changed
                    on-bad-value: dead-letter
                  - include: "public.*"
                limits: {workers: 4, snapshot-readers: 8, chunk-size: 1GiB, apply-size: 512MiB, cut-timeout: 5m,
                         retained-wal: 100GiB, on-retained-wal: drop-slot, query-memory: 2GiB, query-disk: 1GiB, dead-letters: 77}
                """);

        assertThat(config.source().settings().value(PASSWORD)).isEqualTo("p: #x");
        assertThat(config.source().settings().properties())
                .containsExactlyInAnyOrderEntriesOf(Map.of("socketTimeout", "30", "odd key", ""));
        assertThat(config.location()).isEqualTo("s3://bucket/lake");
        assertThat(config.lake().settings().properties()).containsEntry("s3.endpoint", "http://localhost:9000");
        assertThat(config.metadata().type()).isEqualTo("etcd");
        assertThat(config.state()).isEqualTo(Path.of("/var/lib/tidemark"));
        assertThat(config.slices())
                .isEqualTo(new SliceConfig(
                        Duration.ofSeconds(1), SliceTime.ARRIVAL, 64L << 20, Duration.ofDays(1), SliceFormat.JSONL));
        assertThat(config.limits())
                .isEqualTo(new LimitConfig(
                        4,
                        8,
                        1L << 30,
                        512L << 20,
                        Duration.ofMinutes(5),
                        100L << 30,
                        RetainedLogPolicy.DROP_SLOT,
                        2L << 30,
                        1L << 30,
                        77));
        TableRule transactions = config.tables().get(1);
        assertThat(transactions.partitions()).containsExactly("day(create_at)", "bucket(16, account)");
        assertThat(transactions.deletes()).isEqualTo(DeleteMode.SOFT);
        assertThat(transactions.columns())
                .containsOnly(
                        Map.entry("amount", new TableRule.ColumnChoice(ColumnType.STRING, 23)),
                        Map.entry("price", new TableRule.ColumnChoice(ColumnType.decimal(20, 4), 23)));
        assertThat(config.shape(new TableId("public", "transactions")).latestBy())
                .isEqualTo("changed");
        assertThat(config.shape(new TableId("public", "other")).latestBy()).isNull();
        assertThat(config.types()).containsOnly(Map.entry("timestamp", ColumnType.STRING));
        assertThat(config.badValues(new TableId("public", "transactions"))).isEqualTo(BadValues.DEAD_LETTER);
        assertThat(config.badValues(new TableId("public", "other"))).isEqualTo(BadValues.FAIL);
    }

    @Test
    void readsHowTimesAreTold() {
        PipelineConfig config = read(folder, LEAST + """
                tables:
                  - include: public.orders
                    add:
                      origin: "'shop'"
                      created: {from: create_at, format: epoch-millis}
                      year: {from: create_at, format: "yyyy-MM-dd HH:mm:ss", zone: Europe/Berlin, as: yyyy}
                    partition: [year, day(created)]
                """);

        assertThat(config.shape(new TableId("public", "orders")).added())
                .containsExactly(
                        new AddedColumn("origin", ColumnType.STRING, AddedColumn.Content.CONSTANT, "shop"),
                        AddedColumn.ofTime("created", "create_at", new DerivedTime("epoch-millis", "UTC", "")),
                        AddedColumn.ofTime(
                                "year", "create_at", new DerivedTime("yyyy-MM-dd HH:mm:ss", "Europe/Berlin", "yyyy")));
    }

    @Test
    void firstTableRuleThatMatchesDecides() {
        List<TableRule> rules = read(folder, LEAST + """
                tables:
                  - exclude: public.audit_*
                  - include: public.audited
                  - include: '"Odd.Schema"."*"'
                  - include: public.*
                """).tables();

        assertThat(decides(rules, "public", "audit_log")).isFalse();
        assertThat(decides(rules, "public", "audited")).isTrue();
        assertThat(decides(rules, "public", "accounts")).isTrue();
        assertThat(decides(rules, "Odd.Schema", "*")).isTrue();
        assertThat(decides(rules, "Odd.Schema", "other")).isFalse();
        assertThat(decides(rules, "Public", "accounts")).isFalse();
    }

    private static boolean decides(List<TableRule> rules, String schema, String name) {
        return rules.stream()
                .filter(rule -> rule.matches(new TableId(schema, name)))
                .findFirst()
                .map(TableRule::include)
                .orElse(false);
    }

    @Test
    void resolvesLocationAndStateAgainstTheFolderOfTheFile() {
        PipelineConfig config = read(folder, """
                pipeline: bank
                source: {type: postgres, url: u}
                lake: {location: "file:///data/lake"}
                state: ../state
                """);

        assertThat(config.location()).isEqualTo("/data/lake");
        assertThat(config.state()).isEqualTo(folder.resolveSibling("state"));
    }

    @Test
    void keepsTextsAsTheyAreWritten() {
        PipelineConfig config = read(folder, """
                pipeline: bank
                source: {type: postgres, url: 0123, password: 1e3}
                lake: {location: lake}
                """);

        assertThat(config.source().settings().value(URL)).isEqualTo("0123");
        assertThat(config.source().settings().value(PASSWORD)).isEqualTo("1e3");
    }

    @Test
    void readsAFileWithAByteOrderMarkAnchorsAndComments() {
        PipelineConfig config = read(folder, "\uFEFF# head\n" + LEAST + "slices: &x {interval: 1s} # tail\n");

        assertThat(config.slices().interval()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void namesTheFileThatDoesNotExist() {
        assertThatExceptionOfType(TidemarkException.class)
                .isThrownBy(() -> ConfigReader.read(folder.resolve("none.yaml"), PLUGINS, Map.of()))
                .withMessage("Cannot read the configuration: the file does not exist (file="
                        + folder.resolve("none.yaml") + ")")
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_NOT_FOUND));
    }

    @Test
    void refusesWhatIsNoFileOrNoText() throws IOException {
        assertThatExceptionOfType(TidemarkException.class)
                .isThrownBy(() -> ConfigReader.read(folder, PLUGINS, Map.of()))
                .withMessageContaining("cannot be read")
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID));

        Path binary = Files.write(folder.resolve("binary.yaml"), new byte[] {'a', (byte) 0xff, (byte) 0xfe});
        assertThatExceptionOfType(TidemarkException.class)
                .isThrownBy(() -> ConfigReader.read(binary, PLUGINS, Map.of()))
                .withMessageContaining("not UTF-8");
    }

    @Test
    void slicesOfASourceWithPartitionsMayBeCutByTheTimesOfEvents() {
        assertThat(ConfigFixture.read(folder, """
                        pipeline: bank
                        source: {type: elsewhere}
                        lake: {location: ./lake}
                        slices: {by: event-time}
                        """).slices().by()).isEqualTo(SliceTime.EVENT_TIME);
    }
}
