package io.tidemark.dist;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Program entry. */
public final class Main {
    private Main() {}

    /** Prints the product's version. */
    public static void main(String[] args) {
        System.out.println("tidemark " + version());
    }

    private static String version() {
        try (InputStream in = Main.class.getResourceAsStream("version.properties")) {
            if (in == null) {
                throw new IllegalStateException("Cannot read version: resource is missing (name=version.properties)");
            }
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version", "unknown");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
