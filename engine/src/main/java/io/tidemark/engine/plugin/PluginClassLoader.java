package io.tidemark.engine.plugin;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;

/**
 * Classes of one plug-in: its own jars, the JDK, and of the program the contracts, logging and RocksDB, which depends on nothing and is too large to be
 * there twice.
 */
final class PluginClassLoader extends URLClassLoader {
    static {
        registerAsParallelCapable();
    }

    PluginClassLoader(String type, URL[] jars) {
        super("plugin-" + type, jars, new Shared(PluginClassLoader.class.getClassLoader()));
    }

    private static final class Shared extends ClassLoader {
        private static final List<String> PACKAGES =
                List.of("io.tidemark.spi.", "org.jspecify.", "org.rocksdb.", "org.slf4j.");

        static {
            registerAsParallelCapable();
        }

        private final ClassLoader program;

        Shared(ClassLoader program) {
            super("plugin-contracts", ClassLoader.getPlatformClassLoader());
            this.program = program;
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (PACKAGES.stream().noneMatch(name::startsWith)) {
                throw new ClassNotFoundException(name);
            }
            return program.loadClass(name);
        }
    }
}
