package io.tidemark.spi.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MachineLimitsTest {
    private static final Path FULL = Path.of("/dev/full");

    @Test
    void aDiskThatIsFullIsKnownByTheWordsOfTheSystem() {
        assumeTrue(Files.exists(FULL), "this system has no device that is always full");
        Throwable full = catchThrowable(() -> {
            try (OutputStream out = Files.newOutputStream(FULL)) {
                out.write(1);
            }
        });

        assertThat(MachineLimits.reached(full)).hasValue(ErrorCode.DISK_FULL);
        assertThat(MachineLimits.reached(new IllegalStateException("wrapped", full)))
                .hasValue(ErrorCode.DISK_FULL);
    }

    @Test
    void filesThatCannotBeOpenedAreKnown() {
        assertThat(MachineLimits.reached(new FileSystemException("a/file", null, "Too many open files")))
                .hasValue(ErrorCode.OPEN_FILES_EXHAUSTED);
        assertThat(MachineLimits.reached(new IOException("gave up", new SocketException("Too many open files"))))
                .hasValue(ErrorCode.OPEN_FILES_EXHAUSTED);
    }

    @Test
    void otherFailuresHaveOtherReasons() {
        assertThat(MachineLimits.reached(new IOException("the cable is out"))).isEmpty();
        assertThat(MachineLimits.reached(new FileSystemException("No space left on device", null, "not found")))
                .isEmpty();
    }

    @Test
    void anErrorHasTheCodeOfWhatLedToIt() {
        StorageException slow =
                new StorageException(ErrorCode.STORAGE_THROTTLED, "slow down", "Wait.", new IOException());
        assertThat(TidemarkException.ofStorage(
                        "Cannot read", new UncheckedIOException(new IOException("gave up", slow))))
                .returns(ErrorCode.STORAGE_THROTTLED, TidemarkException::code)
                .returns("Wait.", TidemarkException::remedy);
        assertThat(TidemarkException.ofStorage("Cannot read", new IOException("the cable is out")))
                .returns(ErrorCode.LAKE_IO, TidemarkException::code)
                .hasMessage("Cannot read: the cable is out");
        assertThat(TidemarkException.unforeseen("Cannot go on", new IllegalStateException("broken"))
                        .code())
                .isEqualTo(ErrorCode.INTERNAL);
        assertThat(TidemarkException.unforeseen("Cannot go on", new UncheckedIOException(slow))
                        .code())
                .isEqualTo(ErrorCode.STORAGE_THROTTLED);
    }
}
