package io.tidemark.source.dynamodb.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exports that are not what they say are refused, and the file is named. */
class ExportDamageTest {
    private static final List<String> LINES = IntStream.range(0, 2000)
            .mapToObj(i -> "{\"Item\":{\"id\":{\"N\":\"" + i + "\"},\"v\":{\"S\":\"secret" + i * 31 + "\"}}}")
            .toList();
    private static final String A = ExportFolder.ID + "/data/a.json.gz";

    @TempDir
    Path folder;

    private ExportStore store;
    private ExportFolder written;

    @BeforeEach
    void writeExport() {
        store = new FolderExportStore(folder);
        written = new ExportFolder(folder, "p/").file("a.json.gz", LINES).file("b.json.gz", LINES);
    }

    @Test
    void anotherFileIsRefusedAndTheOthersAreRead() throws IOException {
        written.write();
        byte[] other = ExportFolder.gzip(
                LINES.stream().map(line -> line.replace("secret1", "secret9")).toList());
        Files.write(written.path(A), other);
        Export export = open();
        DataFile file = export.files().get(0);
        assertCorrupt(() -> export.read(file, item -> {}))
                .hasMessage("Cannot read export file " + written.path(A) + ": its MD5 is not the manifest's (expected="
                        + file.md5() + ", found=" + SummedStream.md5(other) + ")");
        assertThat(export.read(export.files().get(1), item -> {})).isEqualTo(2000);
    }

    @Test
    void aFlippedBitIsSeenWhereverItIs() throws IOException {
        written.write();
        Export export = open();
        byte[] content = Files.readAllBytes(written.path(A));
        Random random = new Random(7);
        for (int i = 0; i < 200; i++) {
            byte[] damaged = content.clone();
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(written.path(A), damaged);
            assertCorrupt(() -> export.read(export.files().get(0), item -> {}))
                    .hasMessageContaining(SummedStream.md5(damaged))
                    .hasMessageNotContaining("secret");
        }
    }

    @Test
    void aCutFileIsRefused() throws IOException {
        written.write();
        byte[] content = Files.readAllBytes(written.path(A));
        Export export = open();
        for (int length : new int[] {0, 1, 9, 10, 1000, content.length - 9, content.length - 1}) {
            Files.write(written.path(A), Arrays.copyOf(content, length));
            assertCorrupt(() -> export.read(export.files().get(0), item -> {})).hasMessageContaining("expected=");
        }
        Files.write(written.path(A), Arrays.copyOf(content, 1000));
        assertCorrupt(() -> export.read(export.files().get(0), item -> {}))
                .hasMessageContaining("its gzip is cut or damaged (item=")
                .hasMessageContaining("expected=MD5 " + export.files().get(0).md5());
    }

    @Test
    void aMissingFileIsNamed() throws IOException {
        written.write();
        Files.delete(written.path(A));
        Export export = open();
        assertCorrupt(() -> export.read(export.files().get(0), item -> {}))
                .hasMessage("Cannot read export file " + written.path(A)
                        + ": it is missing (expected=a file of 2000 items, found=none)");
    }

    @Test
    void anotherNumberOfItemsIsRefused() {
        byte[] content = ExportFolder.gzip(LINES);
        written.file(ExportFolder.ID + "/data/more.json.gz", 1999, content)
                .file(ExportFolder.ID + "/data/fewer.json.gz", 2001, content)
                .write();
        Export export = open();
        assertCorrupt(() -> export.read(export.files().get(2), item -> {}))
                .hasMessageContaining("it has more than the 1999 items of the manifest");
        assertCorrupt(() -> export.read(export.files().get(3), item -> {}))
                .hasMessageContaining("its number of items is not the manifest's (expected=2001, found=2000)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"Keys\":{\"id\":{\"N\":\"1\"}}}",
                "{\"Item\":{\"secret\":{\"X\":\"secret\"}}}",
                "{\"Item\":{\"secret\":{\"N\":17}}}",
                "{\"Item\":{\"secret\":\"secret\"}}",
                "{\"Item\":{\"secret\":{\"S\":\"secret\",\"N\":\"1\"}}}",
                "{\"Item\":{\"secret\":{\"S\":\"1\"},\"secret\":{\"S\":\"2\"}}}",
                "{\"Item\":{\"secret\":{\"B\":\"#secret\"}}}",
                "{\"Item\":{\"secret\":{\"NULL\":false}}}",
                "{\"Item\":{\"secret\":{\"L\":[1]}}}",
                "{\"Item\":{}},",
                "{\"Item\":{}}}",
                "{\"Item\":{\"secret\":{\"S\":",
                "{}",
                "[]",
                "secret",
                "$ion_1_0 {Item:{secret:1.}}",
            })
    void aLineThatIsNoItemIsRefused(String line) {
        written.file("c.json.gz", List.of(LINES.get(0), line)).write();
        Export export = open();
        assertNotUnderstood(() -> export.read(export.files().get(2), item -> {}))
                .hasMessageContaining("c.json.gz: ")
                .hasMessageContaining("its MD5 is right")
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$ion_1_0 {Item:{secret:2000-01-01T}}",
                "$ion_1_0 {Item:{secret:secret}}",
                "$ion_1_0 {Item:{secret:1e0}}",
                "$ion_1_0 {Item:{secret:null.string}}",
                "$ion_1_0 {Item:{secret:$dynamodb_XS::[\"a\"]}}",
                "$ion_1_0 {Item:{secret:$dynamodb_SS::[1.]}}",
                "$ion_1_0 {Item:{secret:1d2000000000}}",
                "$ion_1_0 {Item:{secret:1.,secret:2.}}",
                "$ion_1_0 {Item:{secret:\"sec",
                "$ion_1_0 {Record:{Record:{Item:{}}}}",
                "$ion_1_0 [1]",
                "$ion_1_0 {}",
                "#",
            })
    void aLineThatIsNoIonItemIsRefused(String line) {
        ExportFolder ion = new ExportFolder(folder, "ion/")
                .with("outputFormat", "\"ION\"")
                .file("c.ion.gz", List.of("$ion_1_0 {Item:{id:1.}}", line))
                .write();
        Export export = Export.open(store, ion.location());
        assertNotUnderstood(() -> export.read(export.files().get(0), item -> {}))
                .hasMessageContaining("c.ion.gz: ")
                .hasMessageContaining("item=2, its MD5 is right")
                .hasMessageNotContaining("secret");
    }

    @Test
    void garbageOfAnyFormatIsRefusedInOneWay() throws IOException {
        String json =
                "{\"Item\":{\"a\":{\"S\":\"\u00e4\"},\"b\":{\"B\":\"AAH/\"},\"l\":{\"L\":[{\"N\":\"1\"}]},\"m\":{\"M\":{\"x\":{\"BOOL\":true}}}}}";
        String ion = "$ion_1_0 {Item:{a:\"\u00e4\",b:{{AAH/}},l:[1.5d2,$dynamodb_NS::[1.]],m:{x:true}}}";
        Export jsonExport = jsonExport();
        Export ionExport = ionExport();
        Random random = new Random(11);
        for (int i = 0; i < 3000; i++) {
            boolean isIon = i % 2 == 1;
            byte[] content = (isIon ? ion : json).getBytes(StandardCharsets.UTF_8);
            for (int flips = 0; flips <= random.nextInt(3); flips++) {
                content[random.nextInt(content.length)] = (byte) random.nextInt(256);
            }
            byte[] zipped = ExportFolder.gzip(content);
            DataFile file = new DataFile("fuzz", 1, SummedStream.md5(zipped));
            Files.write(folder.resolve("fuzz"), zipped);
            Export export = isIon ? ionExport : jsonExport;
            try {
                export.read(file, item -> {});
            } catch (TidemarkException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_PROTOCOL);
            }
        }
    }

    @Test
    void manifestsAreChecked() {
        written.write();
        written.own("manifest-files.md5", SummedStream.md5(new byte[0]));
        assertCorrupt(this::open)
                .hasMessageContaining("manifest-files.json: its MD5 is not that of manifest-files.md5 (expected=");
        written.write();
        written.own("manifest-summary.json", "{}");
        assertCorrupt(this::open).hasMessageContaining("manifest-summary.json: its MD5 is not");
        written.with("itemCount", "3999").write();
        assertCorrupt(this::open)
                .hasMessageContaining("do not add up")
                .hasMessageContaining("(expected=3999, found=4000)");
    }

    @Test
    void unknownKindsOfExportsAreRefused() {
        assertUnknown("version", "\"2030-01-01\"", "2020-06-30");
        assertUnknown("outputFormat", "\"PARQUET\"", "ION");
        assertUnknown("exportType", "\"SLICE\"", "FULL_EXPORT");
    }

    private void assertUnknown(String field, String value, String known) {
        ExportFolder other =
                new ExportFolder(folder, field + "/").with(field, value).write();
        assertThatThrownBy(() -> Export.open(store, other.location()))
                .hasFieldOrPropertyWithValue("code", ErrorCode.SOURCE_VERSION)
                .hasMessageContaining("its " + field + " is not known")
                .hasMessageContaining(known)
                .hasMessageContaining("found=" + value.replace("\"", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"data/a.json.gz", "AWSDynamoDB/../../etc/passwd", "AWSDynamoDB/data/../../x", "AWSDynamoDB/x", ""
            })
    void aKeyOutsideTheExportIsRefused(String key) {
        written.line(key, 0, "x").write();
        assertNotUnderstood(this::open).hasMessageContaining("(key=" + key + ")");
    }

    @Test
    void aFileThatIsListedTwiceIsRefused() {
        written.line("p/AWSDynamoDB/" + A, 0, "x").write();
        assertNotUnderstood(this::open).hasMessageContaining("a file is there twice");
    }

    @Test
    void aFolderWithoutManifestsIsNoExport() {
        assertThatThrownBy(() -> Export.open(store, "p/AWSDynamoDB"))
                .hasFieldOrPropertyWithValue("code", ErrorCode.CONFIG_INVALID)
                .hasMessageContaining("there is no file " + folder.resolve("p/AWSDynamoDB/manifest-summary.json"));
    }

    @Test
    void aStoreThatFailsIsNoDamage() {
        written.write();
        ExportStore failing = new ExportStore() {
            @Override
            public InputStream open(String path) throws IOException {
                InputStream whole = store.open(path);
                return path.endsWith("gz") ? new FailingStream(whole) : whole;
            }

            @Override
            public String name(String path) {
                return path;
            }

            @Override
            public void close() {}
        };
        Export export = Export.open(failing, written.location());
        assertThatThrownBy(() -> export.read(export.files().get(0), item -> {}))
                .hasFieldOrPropertyWithValue("code", ErrorCode.SOURCE_CONNECTION_LOST)
                .hasMessageContaining("a.json.gz: connection reset");
    }

    @Test
    void aCallersOwnFailureIsItsOwn() {
        written.write();
        Export export = open();
        assertThatThrownBy(() -> export.read(export.files().get(0), item -> {
                    throw new IllegalArgumentException("mine");
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("mine");
    }

    private Export jsonExport() {
        return Export.open(store, new ExportFolder(folder, "j/").write().location());
    }

    private Export ionExport() {
        return Export.open(
                store,
                new ExportFolder(folder, "i/")
                        .with("outputFormat", "\"ION\"")
                        .write()
                        .location());
    }

    private Export open() {
        return Export.open(store, written.location());
    }

    /** What has the right MD5 was exported as it is. */
    private static AbstractThrowableAssert<?, ? extends Throwable> assertNotUnderstood(ThrowingCallable call) {
        return assertThatThrownBy(call).hasFieldOrPropertyWithValue("code", ErrorCode.SOURCE_PROTOCOL);
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertCorrupt(ThrowingCallable call) {
        return assertThatThrownBy(call).hasFieldOrPropertyWithValue("code", ErrorCode.SOURCE_EXPORT_CORRUPT);
    }

    /** A connection that breaks in the middle. */
    private static final class FailingStream extends FilterInputStream {
        private int left = 3000;

        FailingStream(InputStream whole) {
            super(whole);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left == 0) {
                throw new IOException("connection reset");
            }
            int read = super.read(bytes, offset, Math.min(length, left));
            left -= read;
            return read;
        }
    }
}
