package io.tidemark.parquet.storage;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.MachineLimits;
import io.tidemark.spi.error.StorageException;
import io.tidemark.spi.storage.ObjectStore.ObjectOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** An object under a temporary name beside its own until it is closed. */
final class LocalObjectOutput extends ObjectOutput {
    private static final long BLOCK_BYTES = 64 << 10;

    private final Path temporary;
    private final Path target;
    private final FileChannel channel;
    private long position;
    private boolean done;

    LocalObjectOutput(Path temporary, Path target) throws IOException {
        this.temporary = temporary;
        this.target = target;
        this.channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(source, offset, length);
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } catch (IOException e) {
            throw failure("Cannot write object", e);
        }
        position += length;
    }

    private IOException failure(String what, IOException cause) {
        String message = what + ": " + cause.getMessage() + " (path=" + target + ")";
        return MachineLimits.reached(cause)
                .or(() -> isDiskFull(cause) ? Optional.of(ErrorCode.DISK_FULL) : Optional.empty())
                .<IOException>map(limit -> new StorageException(limit, message, cause))
                .orElseGet(() -> new IOException(message, cause));
    }

    /** A full disk may say something else, for example that it cannot do input and output. */
    private boolean isDiskFull(IOException cause) {
        try {
            return Files.getFileStore(Folders.of(target)).getUsableSpace() < BLOCK_BYTES;
        } catch (IOException e) {
            cause.addSuppressed(e);
            return false;
        }
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public void close() throws IOException {
        if (done) {
            return;
        }
        try {
            channel.force(true);
            channel.close();
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            done = true;
            forceFolder();
        } catch (IOException e) {
            IOException failure = failure("Cannot make object durable", e);
            abort();
            throw failure;
        }
    }

    private void forceFolder() throws IOException {
        try {
            Folders.force(target.getParent());
        } catch (NoSuchFileException e) {
            // Somebody has already deleted the object and with it its folder.
        }
    }

    @Override
    public void abort() {
        if (done) {
            return;
        }
        done = true;
        try {
            channel.close();
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            // The temporary file is invisible to readers, and listing removes it when it is a day old.
        }
    }
}
