package io.tidemark.slices;

import static io.tidemark.slices.SliceLogFixture.accounts;
import static io.tidemark.slices.SliceLogFixture.inserts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.slice.SliceFile;
import io.tidemark.spi.slice.SliceFormat;
import io.tidemark.spi.slice.SliceLogProvider;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.spi.slice.SliceWriter;
import io.tidemark.testkit.metastore.WriteFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(SliceFormat.class)
class SliceLogTest {
    @TempDir
    Path folder;

    @Parameter
    SliceFormat format;

    private SliceLogFixture fixture;
    private ParquetSliceLog log;

    @BeforeEach
    void openLog() throws IOException {
        fixture = new SliceLogFixture(folder, format);
        log = fixture.log();
    }

    @Test
    void aNewLogHasNoSlices() {
        assertThat(log.newest()).isEmpty();
        assertThat(log.after(0, 10)).isEmpty();
        assertThat(log.find(1)).isEmpty();
        assertThat(log.find(0)).isEmpty();
    }

    @Test
    void aSealedSliceIsFoundWithEverythingThatWasSaidOfIt() throws IOException {
        SliceManifest sealed;
        try (SliceWriter writer = log.open()) {
            assertThat(writer.sequence()).isEqualTo(1);
            writer.append(inserts(accounts(), 5, 3));
            assertThat(writer.rows()).isEqualTo(3);
            assertThat(writer.bytes()).isPositive();
            sealed = fixture.seal(writer, 20);
        }

        assertThat(sealed.name()).isEqualTo("2026-11-20T08:31:00.000Z-to-2026-11-20T08:31:10.000Z");
        assertThat(sealed.path())
                .isEqualTo("slices/bank/2026-11-20/000000000001_2026-11-20T08.31.00.000Z_a1/manifest.json");
        assertThat(sealed.after()).isEqualTo(Position.ZERO);
        assertThat(sealed.through()).isEqualTo(new Position(20));
        assertThat(sealed.resumeToken()).isEqualTo("token-20");
        assertThat(sealed.fence()).isEqualTo(7);
        assertThat(sealed.newestCommitMicros()).isEqualTo(7_000_000);
        assertThat(sealed.previousChecksum()).isEmpty();
        SliceFile file = sealed.files().get(0);
        assertThat(file.path())
                .isEqualTo("slices/bank/2026-11-20/000000000001_2026-11-20T08.31.00.000Z_a1/public.accounts"
                        + format.ending());
        assertThat(file.rows()).isEqualTo(3);
        assertThat(file.inserts()).isEqualTo(3);
        assertThat(file.first()).isEqualTo(new Position(5));
        assertThat(file.last()).isEqualTo(new Position(7));
        assertThat(file.bytes()).isEqualTo(Files.size(folder.resolve(file.path())));

        for (ParquetSliceLog reader : List.of(log, fixture.log())) {
            assertThat(reader.newest()).contains(sealed);
            assertThat(reader.find(1)).contains(sealed);
            assertThat(reader.after(0, 10)).containsExactly(sealed);
            assertThat(SliceLogFixture.ids(SliceLogFixture.readAll(reader, file)))
                    .containsExactly(5L, 6L, 7L);
        }
        assertThat(log.location(file)).isEqualTo(folder.resolve(file.path()).toString());
    }

    @Test
    void slicesContinueEachOther() {
        SliceManifest first = fixture.sealSlice(log, 100);
        SliceManifest second = fixture.sealSlice(log, 200);

        assertThat(second.sequence()).isEqualTo(2);
        assertThat(second.start()).isEqualTo(first.end());
        assertThat(second.after()).isEqualTo(first.through());
        assertThat(second.previousChecksum()).isEqualTo(first.checksum());
    }

    @Test
    void anEmptySliceRecordsProgress() {
        SliceManifest sealed;
        try (SliceWriter writer = log.open()) {
            sealed = fixture.seal(writer, 50);
        }

        assertThat(sealed.files()).isEmpty();
        assertThat(sealed.newestCommitMicros()).isZero();
        assertThat(fixture.log().newest()).contains(sealed);
        assertThat(fixture.sealSlice(log, 100).after()).isEqualTo(new Position(50));
    }

    @Test
    void theNewestOfManySlicesIsFoundWithAndWithoutAHint() {
        for (int i = 1; i <= 70; i++) {
            fixture.sealSlice(log, 100L * i);
            assertThat(fixture.log().newest().orElseThrow().sequence()).isEqualTo(i);
        }
        fixture.metastore
                .read("slices/head")
                .ifPresent(entry -> fixture.metastore.delete(entry.key(), entry.version()));

        assertThat(fixture.log().newest().orElseThrow().sequence()).isEqualTo(70);
        assertThat(fixture.log().after(30, 5))
                .extracting(SliceManifest::sequence)
                .containsExactly(31L, 32L, 33L, 34L, 35L);
        assertThat(fixture.log().after(68, 100))
                .extracting(SliceManifest::sequence)
                .containsExactly(69L, 70L);
    }

    @Test
    void everyOperationIsCountedAndComesBack() {
        ChangeBatch batch = new ChangeBatch(accounts(), 8);
        List<Operation> operations = List.of(
                Operation.INSERT,
                Operation.BEFORE,
                Operation.UPDATE,
                Operation.UPDATE,
                Operation.DELETE,
                Operation.TRUNCATE);
        for (int i = 0; i < operations.size(); i++) {
            SliceLogFixture.append(batch, operations.get(i), 10, i);
        }
        SliceManifest sealed;
        try (SliceWriter writer = log.open()) {
            writer.append(batch);
            sealed = fixture.seal(writer, 10);
        }

        SliceFile file = sealed.files().get(0);
        assertThat(file.rows()).isEqualTo(6);
        assertThat(file.inserts()).isEqualTo(1);
        assertThat(file.updates()).isEqualTo(2);
        assertThat(file.deletes()).isEqualTo(1);
        assertThat(file.truncates()).isEqualTo(1);
        ChangeBatch read = SliceLogFixture.readAll(log, file);
        for (int i = 0; i < operations.size(); i++) {
            assertThat(read.operation(i)).isEqualTo(operations.get(i));
            assertThat(read.sequence(i)).isEqualTo(i);
            assertThat(read.position(i)).isEqualTo(10);
            assertThat(read.transaction(i)).isEqualTo(100);
            assertThat(read.commitMicros(i)).isEqualTo(10_000_000);
        }
        assertThat(read.column(0).isNull(5)).isTrue();
    }

    @Test
    void aChangedSchemaStartsAnotherFileAndOrderIsKept() {
        RowSchema before = accounts();
        RowSchema after = new RowSchema(
                before.table(),
                List.of(
                        before.columns().get(0),
                        before.columns().get(1),
                        new Column("extra", ColumnType.decimal(38, 10), true, "numeric(38,10)")),
                before.key(),
                BeforeImage.FULL);
        SliceManifest sealed;
        try (SliceWriter writer = log.open()) {
            writer.append(inserts(accounts("zoo", "animals"), 1, 2));
            writer.append(inserts(before, 3, 2));
            writer.append(inserts(after, 5, 2));
            writer.append(inserts(before, 7, 2));
            sealed = fixture.seal(writer, 8);
        }

        assertThat(sealed.files())
                .extracting(file -> Path.of(file.path()).getFileName().toString())
                .containsExactly(
                        "public.accounts" + format.ending(),
                        "public.accounts.2" + format.ending(),
                        "public.accounts.3" + format.ending(),
                        "zoo.animals" + format.ending());
        assertThat(sealed.files())
                .extracting(SliceFile::schema)
                .containsExactly(before, after, before, accounts("zoo", "animals"));
        assertThat(fixture.log().newest()).contains(sealed);
        assertThat(sealed.filesOf(before.table()).stream()
                        .flatMap(file -> SliceLogFixture.ids(SliceLogFixture.readAll(log, file)).stream()))
                .containsExactly(3L, 4L, 5L, 6L, 7L, 8L);
    }

    @Test
    void aSliceThatIsNotSealedLeavesNothing() throws IOException {
        try (SliceWriter writer = log.open()) {
            writer.append(inserts(accounts(), 1, 2));
            writer.append(inserts(
                    new RowSchema(accounts().table(), accounts().columns(), List.of(), BeforeImage.NONE), 3, 2));
        }

        assertThat(log.newest()).isEmpty();
        try (var paths = Files.walk(folder)) {
            assertThat(paths.filter(Files::isRegularFile)).isEmpty();
        }
        assertThat(fixture.sealSlice(log, 100).sequence()).isEqualTo(1);
    }

    @Test
    void onlyOneOfTwoWritersOfASequenceSeals() {
        fixture.sealSlice(log, 100);
        ParquetSliceLog other = fixture.log();
        SliceWriter mine = log.open();
        SliceWriter theirs = other.open();
        mine.append(inserts(accounts(), 101, 5));
        theirs.append(inserts(accounts(), 101, 9));

        SliceManifest won = fixture.seal(theirs, 109);
        assertThatThrownBy(() -> fixture.seal(mine, 105))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SLICE_CONFLICT))
                .hasMessage("Cannot seal slice: another capture sealed this sequence (pipeline=bank, sequence=2)");
        mine.close();
        theirs.close();

        assertThat(log.newest()).contains(won);
        assertThat(SliceLogFixture.readAll(log, won.files().get(0)).size()).isEqualTo(9);
        assertThat(fixture.sealSlice(log, 200).sequence()).isEqualTo(3);
    }

    @Test
    void aWriterThatSleptThroughSealingAndPruningCannotSeal() {
        fixture.sealSlice(log, 100);
        SliceWriter sleeper = log.open();
        sleeper.append(inserts(accounts(), 101, 5));
        ParquetSliceLog other = fixture.log();
        for (int i = 2; i <= 5; i++) {
            fixture.sealSlice(other, 100L * i);
        }
        other.prune(4);

        assertThatThrownBy(() -> fixture.seal(sleeper, 105))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SLICE_CONFLICT));
        sleeper.close();
        assertThat(other.after(0, 10)).extracting(SliceManifest::sequence).containsExactly(5L);
    }

    @Test
    void anUnknownOutcomeOfSealingIsLookedUp() {
        long through = 0;
        for (WriteFault fault : WriteFault.values()) {
            through += 100;
            try (SliceWriter writer = log.open()) {
                writer.append(inserts(accounts(), through - 9, 10));
                fixture.metastore.failNextWrite(fault);
                SliceManifest sealed = fixture.seal(writer, through);
                assertThat(fixture.log().newest()).contains(sealed);
            }
        }
    }

    @Test
    void whenTheMetadataStoreIsGoneNothingIsDeletedAndTheNextOpenSealsTheSlice() {
        SliceWriter writer = log.open();
        writer.append(inserts(accounts(), 1, 10));
        fixture.metastore.disconnect();
        assertThatThrownBy(() -> fixture.seal(writer, 10))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.METASTORE_UNAVAILABLE));
        writer.close();
        fixture.metastore.reconnect();

        var opened =
                provider().open(SliceLogFixture.PIPELINE, fixture.storage, fixture.metastore, fixture.clock, format);

        SliceManifest found = opened.newest().orElseThrow();
        assertThat(found.resumeToken()).isEqualTo("token-10");
        assertThat(SliceLogFixture.ids(
                        SliceLogFixture.readAll(log, found.files().get(0))))
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 10).boxed().toList());
    }

    @Test
    void theProviderIsAService() {
        assertThat(provider()).isInstanceOf(ParquetSliceLogProvider.class);
    }

    @Test
    void eventsOutOfOrderAreRefused() {
        fixture.sealSlice(log, 100);
        refuses(
                100,
                100,
                200,
                "Cannot write slice: events are not in commit order after its beginning (sequence=2, after=0/64, position=0/64)");
        refuses(
                150,
                140,
                200,
                "Cannot write slice: an event lies before the last one of its table (sequence=2, after=0/64, position=0/8C)");
        refuses(
                150,
                151,
                150,
                "Cannot write slice: an event lies after its end (sequence=2, after=0/64, position=0/97)");
        refuses(
                101,
                101,
                99,
                "Cannot write slice: it would end before it begins (sequence=2, after=0/64, position=0/63)");
    }

    private void refuses(long first, long second, long through, String message) {
        try (SliceWriter writer = log.open()) {
            assertThatThrownBy(() -> {
                        writer.append(inserts(accounts(), first, 1));
                        writer.append(inserts(accounts(), second, 1));
                        fixture.seal(writer, through);
                    })
                    .isInstanceOf(TidemarkException.class)
                    .hasMessage(message);
        }
    }

    @Test
    void positionsAreComparedUnsigned() {
        try (SliceWriter writer = log.open()) {
            writer.append(inserts(accounts(), Long.MAX_VALUE, 2));
            SliceManifest sealed = writer.seal(new Position(-1L), "", fixture.clock.instant(), 1);
            assertThat(sealed.files().get(0).last()).isEqualTo(new Position(Long.MIN_VALUE));
            assertThat(fixture.log().newest()).contains(sealed);
        }
    }

    @Test
    void aClockThatGoesBackDoesNotTurnASliceAround() {
        SliceManifest first = fixture.sealSlice(log, 100);
        fixture.clock.advance(Duration.ofHours(-1));

        SliceManifest second = fixture.sealSlice(log, 200);

        assertThat(second.start()).isEqualTo(first.end());
        assertThat(second.end()).isEqualTo(first.end());
    }

    @Test
    void pruningDeletesOldSlicesAndKeepsTheNewest() throws IOException {
        for (int i = 1; i <= 5; i++) {
            fixture.sealSlice(log, 100L * i);
        }

        assertThat(log.prune(3)).isEqualTo(3);
        assertThat(log.prune(3)).isZero();
        assertThat(log.find(3)).isEmpty();
        assertThat(log.after(0, 10)).extracting(SliceManifest::sequence).containsExactly(4L, 5L);
        assertThat(log.prune(99)).isEqualTo(1);

        assertThat(fixture.log().newest().orElseThrow().sequence()).isEqualTo(5);
        assertThat(fixture.storage.list("slices/")).hasSize(2);
        assertThat(fixture.metastore.list("slices/")).hasSize(2);
        assertThat(fixture.sealSlice(fixture.log(), 1000).sequence()).isEqualTo(6);
    }

    @Test
    void aPruneThatWasCutShortIsFinishedByTheNext() throws IOException {
        for (int i = 1; i <= 5; i++) {
            fixture.sealSlice(log, 100L * i);
        }
        SliceManifest third = log.find(3).orElseThrow();
        log.prune(2);
        new SliceIndex(fixture.metastore).keepFrom(4);
        fixture.storage.delete(third.path());

        ParquetSliceLog reopened = fixture.log();
        assertThat(reopened.find(3)).isEmpty();
        assertThat(reopened.after(1, 10)).extracting(SliceManifest::sequence).containsExactly(4L, 5L);
        assertThat(reopened.prune(1)).isEqualTo(1);

        assertThat(fixture.storage.exists(third.files().get(0).path())).isFalse();
        assertThat(fixture.metastore.read(SliceIndex.key(3))).isEmpty();
    }

    @Test
    void aGapInTheIndexIsAnErrorAndNotTheEnd() {
        for (int i = 1; i <= 20; i++) {
            fixture.sealSlice(log, 100L * i);
        }
        new SliceIndex(fixture.metastore).forget(7);

        assertThatThrownBy(() -> fixture.log().after(3, 100))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SLICE_CORRUPT))
                .hasMessageContaining(
                        "the index lacks a slice before the newest one (key=slices/00000000000000000007)");
    }

    private static SliceLogProvider provider() {
        return ServiceLoader.load(SliceLogProvider.class).findFirst().orElseThrow();
    }
}
