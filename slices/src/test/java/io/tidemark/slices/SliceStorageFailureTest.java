package io.tidemark.slices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.parquet.storage.LocalObjectStore;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.StorageException;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.slice.SliceFormat;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.spi.slice.SliceWriter;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(SliceFormat.class)
class SliceStorageFailureTest {
    @TempDir
    Path folder;

    @Parameter
    SliceFormat format;

    private FaultyObjectStore storage;
    private SliceLogFixture fixture;

    @BeforeEach
    void openStore() throws IOException {
        storage = new FaultyObjectStore(new LocalObjectStore(folder));
        fixture = new SliceLogFixture(storage, format);
    }

    @Test
    void whereverWritingFailsNoSliceIsSealedAndTheNextAttemptSucceeds() throws IOException {
        int failures = 0;
        for (int writes = 0; writes < 1000; writes++) {
            storage.failWriteAfter(writes, new IOException("the cable is out"));
            try (SliceWriter writer = fixture.log().open()) {
                writer.append(SliceLogFixture.inserts(SliceLogFixture.accounts("public", "a"), 1, 10));
                writer.append(SliceLogFixture.inserts(SliceLogFixture.accounts("public", "b"), 1, 10));
                fixture.seal(writer, 10);
                break;
            } catch (TidemarkException e) {
                failures++;
                assertThat(e.code()).isEqualTo(ErrorCode.LAKE_IO);
                assertThat(e).hasMessageContaining("slice 1: the cable is out");
                assertThat(fixture.log().newest()).isEmpty();
            }
        }

        assertThat(failures).isGreaterThan(6);
        SliceManifest sealed = fixture.log().newest().orElseThrow();
        assertThat(sealed.files())
                .hasSize(2)
                .allSatisfy(file -> assertThat(
                                SliceLogFixture.readAll(fixture.log(), file).size())
                        .isEqualTo(10));
    }

    @Test
    void afterAFailureBeforeTheManifestNothingIsLeft() throws IOException {
        storage.failWriteAfter(3, new IOException("the cable is out"));
        try (SliceWriter writer = fixture.log().open()) {
            assertThatThrownBy(() -> {
                        writer.append(SliceLogFixture.inserts(SliceLogFixture.accounts("public", "a"), 1, 10));
                        writer.append(SliceLogFixture.inserts(SliceLogFixture.accounts("public", "b"), 1, 10));
                        fixture.seal(writer, 10);
                    })
                    .isInstanceOf(TidemarkException.class);
            assertThatThrownBy(() -> fixture.seal(writer, 10)).isInstanceOf(IllegalStateException.class);
        }

        try (var paths = Files.walk(folder)) {
            assertThat(paths.filter(Files::isRegularFile)).isEmpty();
        }
    }

    @Test
    void theErrorSaysWhatTheOperatorHasToDo() {
        assertFailsWith(new AccessDeniedException("denied"), ErrorCode.LAKE_NOT_WRITABLE);
        IOException slow = new StorageException(ErrorCode.STORAGE_THROTTLED, "slow down", new IOException());
        assertFailsWith(slow, ErrorCode.STORAGE_THROTTLED);
        assertFailsWith(new IOException("wrapped", slow), ErrorCode.STORAGE_THROTTLED);
        assertFailsWith(new IOException("No space left on device"), ErrorCode.DISK_FULL);
    }

    @Test
    void aStorageThatCannotBeReadIsNotCalledCorrupt() {
        SliceManifest sealed = fixture.sealSlice(fixture.log(), 100);
        storage.failReadsFrom(0, new IOException("the cable is out"));

        assertThatThrownBy(() ->
                        SliceLogFixture.readAll(fixture.log(), sealed.files().get(0)))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LAKE_IO))
                .hasMessage("Cannot read slice file: the cable is out");
        assertThatThrownBy(() -> fixture.log().newest())
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LAKE_IO));
    }

    @Test
    void whatTheConsumerThrowsComesThrough() {
        SliceManifest sealed = fixture.sealSlice(fixture.log(), 100);
        IllegalArgumentException mine = new IllegalArgumentException("mine");

        assertThatThrownBy(() -> fixture.log().read(sealed.files().get(0), batch -> {
                    throw mine;
                }))
                .isSameAs(mine);
    }

    private void assertFailsWith(IOException failure, ErrorCode code) {
        storage.failWriteAfter(0, failure);
        try (SliceWriter writer = fixture.log().open()) {
            assertThatThrownBy(() -> writer.append(SliceLogFixture.inserts(SliceLogFixture.accounts(), 1, 1)))
                    .isInstanceOfSatisfying(
                            TidemarkException.class, e -> assertThat(e.code()).isEqualTo(code));
        }
    }
}
