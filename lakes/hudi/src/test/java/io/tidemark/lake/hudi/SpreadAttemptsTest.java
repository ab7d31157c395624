package io.tidemark.lake.hudi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTable.ChunkWriter;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.lake.PinnedTable.PinnedFile;
import io.tidemark.spi.lake.SpreadApply;
import io.tidemark.spi.lake.SpreadApply.Steps;
import io.tidemark.spi.lake.SupportsSpreadApply;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.lake.ApplyMemory;
import io.tidemark.testkit.lake.Events;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hudi.common.model.HoodieTableType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tasks that fail, that run twice, or that outlive their commit leave nothing in the table. */
class SpreadAttemptsTest {
    private static final TableId TABLE = new TableId("public", "t");
    private static final RowSchema SCHEMA = new RowSchema(
            TABLE,
            List.of(
                    new Column("id", ColumnType.INT64, false, "bigint", 1),
                    new Column("note", ColumnType.STRING, true, "text", 2)),
            List.of("id"),
            BeforeImage.KEY);

    @TempDir
    Path folder;

    private HudiFixture fixture;
    private LakeTable table;
    private HoodieTableType type;
    private Set<String> loaded;

    private void load(HoodieTableType tableType) {
        type = tableType;
        fixture = new HudiFixture(folder, type, ApplyMemory.ROOMY);
        try (LakeTable making = fixture.lake().openLoad(new LakeTableSpec(SCHEMA, List.of(), DeleteMode.HARD))) {
            making.beginLoad("load", 1);
            try (ChunkWriter writer = making.openChunk(0)) {
                writer.append(new Events(SCHEMA, 1)
                        .insert("1", "one")
                        .insert("2", "two")
                        .batch());
                writer.commit();
            }
            making.finishLoad(LakeProgress.NONE.withApplied(new Position(1), 0, 0));
        }
        fixture.lake().publish(TABLE, "load");
        table = fixture.lake().find(TABLE).orElseThrow();
        loaded = files(".parquet");
    }

    @AfterEach
    void close() {
        table.close();
        fixture.close();
    }

    @ParameterizedTest
    @EnumSource(HoodieTableType.class)
    void onlyTheAttemptsThatAreCommittedStay(HoodieTableType tableType) {
        load(tableType);
        apply((steps, routed) -> {
            List<Serializable> written = new ArrayList<>();
            routed.forEach((group, rows) -> {
                assertThatThrownBy(() -> steps.write(group, failing(rows), 1)).hasStackTraceContaining("lost");
                steps.write(group, rows.iterator(), 2);
                written.add(steps.write(group, rows.iterator(), 3));
                steps.write(group, rows.iterator(), 4);
            });
            return written;
        });
        assertApplied();
    }

    @ParameterizedTest
    @EnumSource(HoodieTableType.class)
    void anAttemptThatBeginsAfterTheCommitWritesNothing(HoodieTableType tableType) {
        load(tableType);
        List<Runnable> late = new ArrayList<>();
        apply((steps, routed) -> {
            late.add(() -> routed.forEach((group, rows) -> steps.write(group, rows.iterator(), 2)));
            return all(steps, routed);
        });
        assertThatThrownBy(() -> late.get(0).run())
                .asInstanceOf(type(TidemarkException.class))
                .returns(ErrorCode.LAKE_COMMIT_FENCED, TidemarkException::code);
        assertApplied();
    }

    @ParameterizedTest
    @EnumSource(HoodieTableType.class)
    void anAttemptThatEndsAfterTheCommitTakesItsFileAway(HoodieTableType tableType) throws Exception {
        load(tableType);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch committed = new CountDownLatch(1);
        List<CompletableFuture<Serializable>> late = new ArrayList<>();
        apply((steps, routed) -> {
            String created = routed.keySet().stream()
                    .filter(group -> group.startsWith("+"))
                    .findFirst()
                    .orElseThrow();
            late.add(CompletableFuture.supplyAsync(
                    () -> steps.write(created, waiting(routed.get(created), begun, committed), 2)));
            await(begun);
            return all(steps, routed);
        });
        committed.countDown();
        assertThatThrownBy(late.get(0)::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .asInstanceOf(type(TidemarkException.class))
                .returns(ErrorCode.LAKE_COMMIT_FENCED, TidemarkException::code);
        assertApplied();
    }

    @ParameterizedTest
    @EnumSource(HoodieTableType.class)
    void whatWasWrittenGoesWhenTheTasksFail(HoodieTableType tableType) {
        load(tableType);
        assertThatThrownBy(() -> apply((steps, routed) -> {
                    all(steps, routed);
                    throw new IllegalStateException("Spark gave up");
                }))
                .hasStackTraceContaining("Spark gave up");
        assertThat(files(".parquet")).isEqualTo(loaded);
        assertThat(files(".log.")).isEmpty();
        assertThat(rows()).containsExactlyInAnyOrder(Events.row("1", "one"), Events.row("2", "two"));
    }

    private void assertApplied() {
        assertThat(rows()).containsExactlyInAnyOrder(Events.row("1", "ONE"), Events.row("3", "three"));
        Set<String> expected = new TreeSet<>(loaded);
        for (PinnedFile file : table.pin().files()) {
            expected.add(String.valueOf(Path.of(file.location()).getFileName()));
        }
        assertThat(files(".parquet")).isEqualTo(expected);
        assertThat(files(".log.")).hasSize(type == HoodieTableType.MERGE_ON_READ ? 1 : 0);
    }

    /** Does all steps here; an update, a delete and an insert come to two groups. */
    private void apply(BiFunction<Steps, Map<String, List<byte[]>>, List<Serializable>> writing) {
        LakeProgress before = table.progress();
        ChangeBatch events = new Events(SCHEMA, 2)
                .update("1", "ONE")
                .delete("2")
                .insert("3", "three")
                .batch();
        try (SpreadApply apply = ((SupportsSpreadApply) table).beginSpreadApply(before, 1)) {
            List<byte[]> rows = new ArrayList<>();
            Serializable folded = apply.fold().fold(List.of(events).iterator(), rows::add);
            apply.commit(before.withApplied(new Position(2), 1, 0), List.of(folded), steps -> {
                List<byte[]> places = new ArrayList<>();
                steps.search(IntStream.range(0, steps.groups()).iterator(), (key, place) -> places.add(place));
                Map<String, List<byte[]>> routed = new TreeMap<>();
                rows.forEach(row -> steps.router(places.iterator())
                        .accept(
                                row,
                                (group, part) -> routed.computeIfAbsent(group, name -> new ArrayList<>())
                                        .add(part)));
                assertThat(routed).hasSize(2);
                return writing.apply(steps, routed);
            });
        }
    }

    private static List<Serializable> all(Steps steps, Map<String, List<byte[]>> routed) {
        List<Serializable> written = new ArrayList<>();
        routed.forEach((group, rows) -> written.add(steps.write(group, rows.iterator(), 1)));
        return written;
    }

    /** Rows, and then an error. */
    private static Iterator<byte[]> failing(List<byte[]> rows) {
        return Stream.concat(rows.stream(), Stream.generate(() -> {
                    throw new IllegalStateException("the executor is lost");
                }))
                .iterator();
    }

    /** Rows that come after the commit. */
    private static Iterator<byte[]> waiting(List<byte[]> rows, CountDownLatch begun, CountDownLatch committed) {
        Iterator<byte[]> all = rows.iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                begun.countDown();
                await(committed);
                return all.hasNext();
            }

            @Override
            public byte[] next() {
                return all.next();
            }
        };
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<List<@Nullable String>> rows() {
        List<List<@Nullable String>> rows = new ArrayList<>();
        table.readAll(table.pin(), batch -> {
            for (int row = 0; row < batch.size(); row++) {
                rows.add(Events.texts(batch.columns(), row));
            }
        });
        return rows;
    }

    /** Names of the files with rows. */
    private Set<String> files(String part) {
        try (Stream<Path> all = Files.walk(fixture.mirrors())) {
            Set<String> names = new TreeSet<>();
            all.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.contains(part))
                    .forEach(names::add);
            return names;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
