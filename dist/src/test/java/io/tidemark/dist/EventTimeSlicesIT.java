package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.tidemark.engine.config.ConfigReader;
import io.tidemark.engine.plugin.Plugins;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.slice.EventInterval;
import io.tidemark.spi.slice.SliceFile;
import io.tidemark.spi.slice.SliceFormat;
import io.tidemark.spi.slice.SliceLog;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.testkit.metastore.InMemoryMetadataStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Slices of DynamoDB by the times of events: each lies in the folder of its interval and has no event from after it; everything else is as ever. */
class EventTimeSlicesIT {
    private static final TableId ORDERS = new TableId("dynamodb", "orders");
    private static final Duration LENGTH = Duration.ofSeconds(2);
    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd-HH-mm-ss").withZone(ZoneOffset.UTC);

    @TempDir
    Path folder;

    private int written;

    @Test
    void eventsLieInTheFoldersOfTheirIntervals() throws Exception {
        try (DynamoDbTables tables = new DynamoDbTables();
                MirroredPipeline mirrored = new MirroredPipeline(
                        folder,
                        tables.configuration().replace("  interval: 1s\n", "  interval: 2s\n  by: event-time\n"),
                        tables.environment())) {
            tables.create("orders");
            put(tables);
            mirrored.start();
            mirrored.awaitState(ORDERS, TableState.LIVE);
            // DynamoDB Local tells times to the minute.
            writeUntil(tables, () -> intervals(mirrored) >= 2);
            mirrored.prove();
            // The slice that is open now is sealed with what it has, and may be followed by one of the same interval.
            mirrored.stop();
            mirrored.start();
            int before = filled(mirrored).size();
            writeUntil(tables, () -> filled(mirrored).size() >= before + 2);
            mirrored.prove();

            List<SliceManifest> slices = filled(mirrored);
            long inTime = 0;
            for (SliceManifest slice : slices) {
                EventInterval interval = Objects.requireNonNull(slice.interval());
                assertThat(interval).isEqualTo(EventInterval.around(interval.start(), LENGTH));
                for (SliceFile file : slice.files()) {
                    assertThat(file.path()).startsWith("slices/shop/" + NAME.format(interval.start()) + "/");
                    assertThat(mirrored.lake().resolve(file.path())).isRegularFile();
                    List<Instant> times = times(mirrored, file);
                    assertThat(times)
                            .hasSize((int) file.rows())
                            .allSatisfy(time -> assertThat(time).isBefore(interval.end()));
                    inTime += times.stream()
                            .filter(time -> !time.isBefore(interval.start()))
                            .count();
                }
            }
            assertThat(inTime).isGreaterThan(written / 2);
            assertThat(mirrored.query("select count(*) from history.orders"))
                    .containsExactly(List.of(
                            slices.stream().mapToLong(SliceManifest::rows).sum()));
            assertThat(withoutIndex(mirrored))
                    .isEqualTo(mirrored.pipeline().sliceLog().after(0, 1_000));
            mirrored.stop();

            SliceManifest last = slices.get(slices.size() - 1);
            assertThat(command(mirrored, tables, "slices").out())
                    .contains(
                            "EVENT TIMES",
                            Objects.requireNonNull(last.interval()).toString());
            assertThat(command(mirrored, tables, "slices", "--json").out())
                    .contains("\"intervalStart\"", "\"intervalEnd\"");
        }
    }

    @Test
    void sourcesWithOneOrderAreRefused() throws Exception {
        Path file = Files.writeString(folder.resolve("tidemark.yaml"), """
                pipeline: bank
                source: {type: postgres, url: "postgresql://localhost/bank"}
                lake: {location: ./lake}
                slices:
                  by: event-time
                """);
        assertThatExceptionOfType(TidemarkException.class)
                .isThrownBy(() -> ConfigReader.read(file, new Plugins(), Map.of()))
                .returns(ErrorCode.CONFIG_INVALID, TidemarkException::code)
                .withMessageContaining("tidemark.yaml:5: slices.by cannot be event-time: source.type postgres");
    }

    private void writeUntil(DynamoDbTables tables, BooleanSupplier isEnough) {
        await().atMost(Duration.ofMinutes(3)).until(() -> {
            put(tables);
            return isEnough.getAsBoolean();
        });
    }

    private static long intervals(MirroredPipeline mirrored) {
        return filled(mirrored).stream().map(SliceManifest::interval).distinct().count();
    }

    private void put(DynamoDbTables tables) {
        String number = Integer.toString(written++);
        tables.client()
                .putItem(request -> request.tableName("orders")
                        .item(Map.of("id", AttributeValue.fromS("id-" + number), "n", AttributeValue.fromN(number))));
    }

    private static List<SliceManifest> filled(MirroredPipeline mirrored) {
        return mirrored.pipeline().sliceLog().after(0, 1_000).stream()
                .filter(slice -> slice.rows() > 0)
                .toList();
    }

    /** The slices that are found again when the metadata store is lost. */
    private static List<SliceManifest> withoutIndex(MirroredPipeline mirrored) {
        try (SliceLog log = new Plugins()
                .sliceLog()
                .open(
                        "shop",
                        mirrored.pipeline().storage(),
                        new InMemoryMetadataStore(),
                        Clock.systemUTC(),
                        SliceFormat.PARQUET)) {
            return log.after(0, 1_000);
        }
    }

    private static List<Instant> times(MirroredPipeline mirrored, SliceFile file) {
        List<Instant> times = new ArrayList<>();
        mirrored.pipeline().sliceLog().read(file, batch -> {
            for (int row = 0; row < batch.size(); row++) {
                times.add(Instant.EPOCH.plus(batch.commitMicros(row), ChronoUnit.MICROS));
            }
        });
        return times;
    }

    private static RecordedCommand command(MirroredPipeline mirrored, DynamoDbTables tables, String... arguments) {
        return RecordedCommand.run(mirrored.file(), tables.environment(), arguments);
    }
}
