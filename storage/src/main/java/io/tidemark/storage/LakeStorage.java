package io.tidemark.storage;

import io.tidemark.parquet.storage.LocalObjectStore;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.storage.ObjectStore;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.CatalogUtil;

/**
 * Where a lake is and through what its files are reached: Iceberg's FileIO, whatever the format. Serializable, for tasks on other machines.
 *
 * @param root where it is: an absolute path without scheme when it is local, so that every engine reads it alike, else a URI; without a slash at
 *     the end
 * @param properties the user's, with the FileIO that the root needs
 */
public record LakeStorage(String root, Map<String, String> properties) implements Serializable {
    private static final Pattern S3 = Pattern.compile("s3[an]?://.*", Pattern.DOTALL);
    private static final String S3_IO = ".aws.s3.S3FileIO";
    private static final String REMOTE_IO = "org.apache.iceberg.io.ResolvingFileIO";

    /** Iceberg's package as users write it; in parts, because the names in a job's jar are not those in its sources. */
    private static final String ICEBERG = String.join(".", "org", "apache", "iceberg", "");

    public LakeStorage {
        properties = Map.copyOf(properties);
    }

    /** The storage of a location as users write it. */
    public static LakeStorage of(String location, Settings settings) {
        String root = LocalFileIO.isLocal(location)
                ? LocalFileIO.path(location).toAbsolutePath().normalize().toString()
                : location;
        String bare = root.endsWith("/") && root.length() > 1 ? root.substring(0, root.length() - 1) : root;
        return new LakeStorage(bare, properties(bare, settings.properties()));
    }

    private static Map<String, String> properties(String root, Map<String, String> configured) {
        Map<String, String> properties = new HashMap<>(configured);
        properties.replaceAll((name, value) -> name.endsWith("-impl") ? className(value) : value);
        String io = properties.get(CatalogProperties.FILE_IO_IMPL);
        if (LocalFileIO.isLocal(root)) {
            properties.put(CatalogProperties.FILE_IO_IMPL, LocalFileIO.class.getName());
            if (io != null) {
                properties.put(LocalFileIO.DELEGATE, io);
            }
        } else if (isS3(root) && (io == null || io.endsWith(S3_IO))) {
            properties.put(CatalogProperties.FILE_IO_IMPL, S3Files.class.getName());
        } else if (io == null) {
            properties.put(CatalogProperties.FILE_IO_IMPL, REMOTE_IO);
        }
        return properties;
    }

    /** The name that a class of Iceberg has here: in the jar of a job its packages are others. */
    private static String className(String written) {
        String here = CatalogUtil.class.getPackageName() + ".";
        return written.startsWith(ICEBERG) ? here + written.substring(ICEBERG.length()) : written;
    }

    public boolean isLocal() {
        return LocalFileIO.isLocal(root);
    }

    public boolean isS3() {
        return isS3(root);
    }

    private static boolean isS3(String root) {
        return S3.matcher(root).matches();
    }

    /**
     * Opens it.
     *
     * @throws TidemarkException {@code LAKE_NOT_WRITABLE} when a local folder cannot be made
     */
    public ObjectStore open() {
        if (isLocal()) {
            try {
                return new LocalObjectStore(Path.of(root));
            } catch (IOException e) {
                throw new TidemarkException(
                        ErrorCode.LAKE_NOT_WRITABLE,
                        "Cannot open the lake: " + e.getMessage() + " (location=" + root + ")",
                        e);
            }
        }
        return new FileIoObjectStore(
                CatalogUtil.loadFileIO(properties.get(CatalogProperties.FILE_IO_IMPL), properties, null), root);
    }
}
