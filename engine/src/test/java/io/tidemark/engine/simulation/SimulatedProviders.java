package io.tidemark.engine.simulation;

import io.tidemark.spi.config.Setting;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.lake.Lake;
import io.tidemark.spi.lake.LakeProvider;
import io.tidemark.spi.metastore.MetadataStore;
import io.tidemark.spi.metastore.MetadataStoreProvider;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.source.Source;
import io.tidemark.spi.source.SourceProvider;
import io.tidemark.spi.source.TypeChoices;
import io.tidemark.spi.storage.ObjectStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Plug-ins of type {@code simulated}, each for a world. */
public final class SimulatedProviders {
    private static final String TYPE = "simulated";
    private static final Setting<String> WORLD = Setting.text("world", "Name of the world.");

    private SimulatedProviders() {}

    /** Makes sources. */
    public static final class Sources implements SourceProvider {
        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public List<Setting<?>> settings() {
            return List.of(WORLD);
        }

        @Override
        public Optional<String> refusal(String sourceType, ColumnType wanted) {
            return Optional.empty();
        }

        @Override
        public Source open(String pipeline, Settings settings, Path scratch, TypeChoices choices) {
            return new SimulatedSource(World.named(settings.value(WORLD)));
        }
    }

    /** Makes lakes. */
    public static final class Lakes implements LakeProvider {
        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public List<Setting<?>> settings() {
            return List.of(WORLD);
        }

        @Override
        public Lake open(String location, Settings settings, Path state) {
            return World.named(settings.value(WORLD)).lake().seen();
        }

        @Override
        public ObjectStore openStorage(String location, Settings settings) {
            return World.named(settings.value(WORLD)).objects().seen();
        }
    }

    /** Makes metadata stores. */
    public static final class Stores implements MetadataStoreProvider {
        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public List<Setting<?>> settings() {
            return List.of(WORLD);
        }

        @Override
        public MetadataStore open(Settings settings) {
            return new SimulatedMetadataStore(World.named(settings.value(WORLD)));
        }
    }
}
