package io.tidemark.slices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.slice.SliceFile;
import io.tidemark.spi.slice.SliceFormat;
import io.tidemark.spi.slice.SliceManifest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(SliceFormat.class)
class SliceCorruptionTest {
    @TempDir
    Path folder;

    @Parameter
    SliceFormat format;

    private SliceLogFixture fixture;
    private ParquetSliceLog log;
    private SliceManifest manifest;
    private SliceFile file;

    @BeforeEach
    void sealSlice() throws IOException {
        fixture = new SliceLogFixture(folder, format);
        manifest = fixture.sealSlice(fixture.log(), 100);
        file = manifest.files().get(0);
        log = fixture.log();
    }

    @Test
    void anyChangedByteOfAFileIsFound() throws IOException {
        Path path = folder.resolve(file.path());
        byte[] bytes = Files.readAllBytes(path);
        for (int i = 0; i < bytes.length; i++) {
            byte[] changed = bytes.clone();
            changed[i] ^= 1;
            Files.write(path, changed);
            assertCorrupt(
                    () -> SliceLogFixture.readAll(log, file),
                    "the file's checksum differs (expected=" + file.sha256(),
                    file.path());
        }
    }

    @Test
    void aTruncatedFileIsFound() throws IOException {
        Path path = folder.resolve(file.path());
        byte[] bytes = Files.readAllBytes(path);
        Files.write(path, Arrays.copyOf(bytes, bytes.length - 1));

        assertCorrupt(
                () -> SliceLogFixture.readAll(log, file),
                "the file's size differs (expected=" + bytes.length + ", found=" + (bytes.length - 1) + ")",
                file.path());
    }

    @Test
    void aMissingFileIsFound() throws IOException {
        Files.delete(folder.resolve(file.path()));

        assertCorrupt(() -> SliceLogFixture.readAll(log, file), "the file is missing", file.path());
    }

    @Test
    void aFileThatIsNotOfItsFormatIsFoundAlthoughItsChecksumIsRight() throws IOException {
        byte[] bytes = "not what it says at all".getBytes(StandardCharsets.UTF_8);
        Files.write(folder.resolve(file.path()), bytes);

        assertCorrupt(
                () -> SliceLogFixture.readAll(
                        log, with(bytes.length, Sha256.of(bytes), file.rows(), file.inserts(), 100)),
                "the file is not as the format says",
                file.path());
    }

    @Test
    void figuresOfTheManifestThatTheFileDoesNotHaveAreFound() {
        assertCorrupt(
                () -> SliceLogFixture.readAll(log, with(file.bytes(), file.sha256(), 11, 10, 100)),
                "the number of rows of the file differs (expected=11, found=10)",
                file.path());
        assertCorrupt(
                () -> SliceLogFixture.readAll(log, with(file.bytes(), file.sha256(), 10, 9, 100)),
                "the number of inserts of the file differs (expected=9, found=10)",
                file.path());
        assertCorrupt(
                () -> SliceLogFixture.readAll(log, with(file.bytes(), file.sha256(), 10, 10, 99)),
                "the last position of the file differs (expected=99, found=100)",
                file.path());
    }

    @Test
    void aFileOfAnotherTableIsFound() {
        SliceFile other = new SliceFile(
                file.path(),
                new io.tidemark.spi.schema.RowSchema(
                        file.schema().table(),
                        java.util.List.of(new io.tidemark.spi.schema.Column(
                                "elsewhere", io.tidemark.spi.schema.ColumnType.INT64, true, "bigint")),
                        java.util.List.of(),
                        file.schema().beforeImage()),
                file.rows(),
                file.inserts(),
                0,
                0,
                0,
                file.bytes(),
                file.sha256(),
                file.first(),
                file.last(),
                file.newestCommitMicros());

        assertCorrupt(
                () -> SliceLogFixture.readAll(log, other),
                format == SliceFormat.PARQUET
                        ? "the file lacks a column (column=elsewhere)"
                        : "line 1, column 166: it has a column that the table does not have",
                file.path());
    }

    @Test
    void anyChangedByteOfAManifestIsFound() throws IOException {
        Path path = folder.resolve(manifest.path());
        byte[] bytes = Files.readAllBytes(path);
        for (int i = 0; i < bytes.length; i += 7) {
            byte[] changed = bytes.clone();
            changed[i] ^= 1;
            Files.write(path, changed);
            assertCorrupt(
                    () -> fixture.log().newest(),
                    "the manifest's checksum differs (expected=" + manifest.checksum(),
                    manifest.path());
        }
    }

    @Test
    void aMissingOrEmptyManifestIsFound() throws IOException {
        Files.write(folder.resolve(manifest.path()), new byte[0]);
        assertCorrupt(() -> fixture.log().find(1), "the manifest's checksum differs", manifest.path());
        Files.delete(folder.resolve(manifest.path()));
        assertCorrupt(() -> fixture.log().find(1), "the manifest is missing", manifest.path());
    }

    @Test
    void aManifestWhoseFiguresDisagreeIsFoundWhereNoChecksumIsKnown() throws IOException {
        String text = Files.readString(folder.resolve(manifest.path()));
        assertUnreadable(text.replace("\"rows\" : 10,", "\"rows\" : 11,"), "rows of file 0 differ");
        assertUnreadable(
                text.replaceFirst("\"rows\" : 10,", "\"rows\" : 11,"), "rows differ from the sum over the files");
        assertUnreadable(
                text.replaceFirst("\"bytes\" : ", "\"bytes\" : 1"), "bytes differ from the sum over the files");
        assertUnreadable(
                text.replace("\"hex\" : \"000000000000005B\"", "\"hex\" : \"00000000000000FF\""),
                "positions of file 0 lie outside the slice");
        assertUnreadable(text.replace("tidemark-slice/1", "tidemark-slice/9"), "unknown format tidemark-slice/9");
        assertUnreadable(text.replace("\"fence\" : 7", "\"fence\" : \"7\""), "field fence is not a whole number");
        assertUnreadable(text.replace("\"resumeToken\"", "\"resume\""), "field resumeToken is missing");
        assertUnreadable(
                text.replace("public.accounts" + format.ending(), "../../accounts.parquet"),
                "the name of a file is not a plain name");
        assertUnreadable(text.substring(0, text.length() - 3), "the manifest is not JSON");
        assertUnreadable("", "the manifest does not hold together");
    }

    private void assertUnreadable(String text, String difference) throws IOException {
        Files.writeString(folder.resolve(manifest.path()), text);
        assertCorrupt(
                () -> SliceManifests.readUnchecked(fixture.storage, manifest.path()), difference, manifest.path());
    }

    private SliceFile with(long bytes, String checksum, long rows, long inserts, long last) {
        return new SliceFile(
                file.path(),
                file.schema(),
                rows,
                inserts,
                0,
                0,
                0,
                bytes,
                checksum,
                file.first(),
                new Position(last),
                file.newestCommitMicros());
    }

    private static void assertCorrupt(ThrowingCallable call, String difference, String path) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SLICE_CORRUPT))
                .hasMessageStartingWith("Cannot read slice: ")
                .hasMessageContaining(difference)
                .hasMessageEndingWith("(path=" + path + ")");
    }
}
