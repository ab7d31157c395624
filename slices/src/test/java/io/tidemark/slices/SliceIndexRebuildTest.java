package io.tidemark.slices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.metastore.Entry;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.slice.EventInterval;
import io.tidemark.spi.slice.SliceFormat;
import io.tidemark.spi.slice.SliceLog;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.spi.slice.SliceWriter;
import io.tidemark.testkit.metastore.InMemoryMetadataStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(SliceFormat.class)
class SliceIndexRebuildTest {
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
    void aLostIndexIsRebuiltFromTheManifestsWhenTheLogIsOpened() {
        List<SliceManifest> sealed = seal(40);
        log.prune(5);
        InMemoryMetadataStore fresh = new InMemoryMetadataStore();

        SliceLog rebuilt = open(fresh);

        assertThat(rebuilt.after(0, 100)).isEqualTo(sealed.subList(5, 40));
        assertThat(rebuilt.newest()).contains(sealed.get(39));
        assertThat(values(fresh)).isEqualTo(values(fixture.metastore));
        assertThat(new SliceIndexRebuild(SliceLogFixture.PIPELINE, fixture.storage, fresh).rebuild())
                .isZero();
    }

    @Test
    void missingEntriesAreRecreatedOneByOne() {
        List<SliceManifest> sealed = seal(10);
        SliceIndex index = new SliceIndex(fixture.metastore);
        index.forget(4);
        index.forget(8);

        assertThat(new SliceIndexRebuild(SliceLogFixture.PIPELINE, fixture.storage, fixture.metastore).rebuild())
                .isEqualTo(2);

        assertThat(fixture.log().after(0, 100)).isEqualTo(sealed);
    }

    @Test
    void anIndexRestoredFromAnOldBackupCatchesUpWhenTheLogIsOpened() {
        List<SliceManifest> sealed = seal(10);
        SliceIndex index = new SliceIndex(fixture.metastore);
        for (int sequence = 7; sequence <= 10; sequence++) {
            index.forget(sequence);
        }

        assertThat(open(fixture.metastore).newest()).contains(sealed.get(9));
    }

    @Test
    void attemptsThatWereNotSealedAreToldApartByTheChain() {
        seal(2);
        SliceManifest orphan = orphan(205);
        List<SliceManifest> sealed = seal(3);
        assertThat(sealed.get(0).sequence()).isEqualTo(orphan.sequence());

        SliceLog rebuilt = open(new InMemoryMetadataStore());

        assertThat(rebuilt.after(2, 10)).isEqualTo(sealed);
        assertThat(rebuilt.after(2, 10)).doesNotContain(orphan);
    }

    @Test
    void ofSeveralAttemptsAtTheEndTheOneThatReachesFurthestIsSealed() {
        seal(2);
        orphan(205);
        SliceManifest far = orphan(290);
        orphan(250);

        SliceLog rebuilt = open(new InMemoryMetadataStore());

        assertThat(rebuilt.newest()).contains(far);
    }

    @Test
    void anAttemptWithoutItsFilesIsNotSealedWhileAnotherIsWhole() throws IOException {
        seal(2);
        SliceManifest whole = orphan(205);
        SliceManifest broken = orphan(290);
        fixture.storage.delete(broken.files().get(0).path());

        assertThat(open(new InMemoryMetadataStore()).newest()).contains(whole);

        fixture.storage.delete(whole.files().get(0).path());
        assertThatThrownBy(() -> open(new InMemoryMetadataStore()))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SLICE_CORRUPT))
                .hasMessageContaining("the file is missing (path=slices/bank/2026-11-20/000000000003_");
    }

    @Test
    void aBrokenChainIsNamed() throws IOException {
        List<SliceManifest> sealed = seal(5);
        try (var out = fixture.storage.create(sealed.get(2).path())) {
            SliceManifest third = sealed.get(2);
            SliceManifest changed = new SliceManifest(
                    3,
                    third.name(),
                    third.start(),
                    third.end(),
                    third.after(),
                    third.through(),
                    "moved",
                    9,
                    third.newestCommitMicros(),
                    third.previousChecksum(),
                    third.path(),
                    "",
                    third.files(),
                    third.interval());
            out.write(ManifestJson.write("bank", changed).toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }

        assertThatThrownBy(() -> open(new InMemoryMetadataStore()))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SLICE_CORRUPT))
                .hasMessageContaining("the manifest before it, which it names, is missing (sequence=3, sha256=")
                .hasMessageContaining("(path=" + sealed.get(3).path() + ")");
    }

    @Test
    void slicesInFoldersOfIntervalsAreFoundAgain() {
        // The third has the interval of the first, and the fourth none.
        List<SliceManifest> sealed = List.of(
                seal(interval("2023-07-01T00:00:00Z"), 100),
                seal(interval("2023-07-01T00:10:00Z"), 200),
                seal(interval("2023-07-01T00:00:00Z"), 300),
                seal(null, 400),
                seal(interval("2022-12-31T23:50:00Z"), 500));
        assertThat(sealed.get(2).path())
                .isEqualTo("slices/bank/2023-07-01-00-00/000000000003_2026-11-20T08.31.20.000Z_a3/manifest.json");
        InMemoryMetadataStore fresh = new InMemoryMetadataStore();

        assertThat(open(fresh).after(0, 10)).isEqualTo(sealed);
        assertThat(values(fresh)).isEqualTo(values(fixture.metastore));
    }

    @Test
    void anIndexWithoutTheNewestSlicesFindsThemInFoldersOfIntervals() {
        List<SliceManifest> sealed = List.of(
                seal(interval("2023-07-01T00:00:00Z"), 100),
                seal(interval("2023-07-01T00:10:00Z"), 200),
                seal(interval("2023-07-01T00:00:00Z"), 300));
        SliceIndex index = new SliceIndex(fixture.metastore);
        index.forget(2);
        index.forget(3);

        assertThat(open(fixture.metastore).after(0, 10)).isEqualTo(sealed);
    }

    @Test
    void whatIsPrunedLeavesNothingInAnyFolder() throws IOException {
        SliceWriter crashed = log.open(interval("2023-07-01T00:20:00Z"));
        crashed.append(SliceLogFixture.inserts(SliceLogFixture.accounts(), 1, 3));
        RowSchema accounts = SliceLogFixture.accounts();
        RowSchema later = new RowSchema(
                accounts.table(), accounts.columns(), accounts.key(), accounts.beforeImage(), "of a later version");
        crashed.append(SliceLogFixture.inserts(later, 4, 3));
        assertThat(fixture.storage.list("slices/bank/2023-07-01-00-20/")).hasSize(1);
        SliceWriter loser = fixture.log().open(interval("2023-07-01T00:30:00Z"));
        loser.append(SliceLogFixture.inserts(SliceLogFixture.accounts(), 1, 3));
        seal(interval("2023-07-01T00:00:00Z"), 100);
        assertThatThrownBy(() -> fixture.seal(loser, 50))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SLICE_CONFLICT));
        SliceManifest kept = seal(interval("2023-07-01T00:10:00Z"), 200);

        assertThat(log.prune(1)).isEqualTo(1);

        assertThat(fixture.storage.list("slices/bank/"))
                .hasSize(3)
                .allSatisfy(path -> assertThat(path).contains("/000000000002_"));
        assertThat(log.after(0, 10)).containsExactly(kept);
        crashed.close();
    }

    @Test
    void aSliceThatIsGivenUpLeavesNothing() throws IOException {
        SliceWriter writer = log.open(interval("2023-07-01T00:20:00Z"));
        writer.append(SliceLogFixture.inserts(SliceLogFixture.accounts(), 1, 3));
        assertThatThrownBy(() -> fixture.seal(writer, 0)).isInstanceOf(TidemarkException.class);
        writer.close();

        assertThat(fixture.storage.list("")).isEmpty();
    }

    private static EventInterval interval(String start) {
        return EventInterval.around(Instant.parse(start), Duration.ofMinutes(10));
    }

    private SliceManifest seal(@Nullable EventInterval interval, long through) {
        try (SliceWriter writer = fixture.log().open(interval)) {
            writer.append(SliceLogFixture.inserts(SliceLogFixture.accounts(), through - 9, 10));
            SliceManifest sealed = fixture.seal(writer, through);
            assertThat(sealed.interval()).isEqualTo(interval);
            return sealed;
        }
    }

    @Test
    void aFolderWithoutSlicesNeedsNoRebuild() {
        assertThat(new SliceIndexRebuild("other", fixture.storage, new InMemoryMetadataStore()).rebuild())
                .isZero();
    }

    /** A slice whose writer crashed after its manifest and before the index. */
    private SliceManifest orphan(long through) {
        ParquetSliceLog other = fixture.log();
        SliceWriter writer = other.open();
        writer.append(SliceLogFixture.inserts(SliceLogFixture.accounts(), through - 2, 3));
        SliceManifest manifest = fixture.seal(writer, through);
        Entry entry =
                fixture.metastore.read(SliceIndex.key(manifest.sequence())).orElseThrow();
        fixture.metastore.delete(entry.key(), entry.version());
        return manifest;
    }

    private List<SliceManifest> seal(int count) {
        List<SliceManifest> sealed = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long through = fixture.log()
                            .newest()
                            .map(newest -> newest.through().value())
                            .orElse(0L)
                    + 100;
            sealed.add(fixture.sealSlice(fixture.log(), through));
        }
        return sealed;
    }

    private SliceLog open(InMemoryMetadataStore metastore) {
        return new ParquetSliceLogProvider()
                .open(SliceLogFixture.PIPELINE, fixture.storage, metastore, fixture.clock, format);
    }

    private static List<String> values(InMemoryMetadataStore metastore) {
        return metastore.list("slices/").stream()
                .map(entry -> entry.key() + "=" + entry.value())
                .toList();
    }
}
