// Writes the golden files of apache-arrow's and parquet-wasm's (Rust's) writers; see README.md.
import { writeFileSync } from "node:fs";
import * as arrow from "apache-arrow";
import * as parquet from "parquet-wasm/node";

const folder = process.argv[2], rows = 40, dimension = 6;
const { Field, Float32, FixedSizeList, List, Utf8, Int64, Schema, Table, vectorFromArray } = arrow;
const vectors = Array.from({ length: rows }, (_, i) => Array.from({ length: dimension }, (_, d) => (i * dimension + d - 100) / 8));
const item = new Field("item", new Float32(), true);
const create = (type) => new Table({
  id: vectorFromArray(vectors.map((_, i) => BigInt(i * 1000)), new Int64()),
  embedding: vectorFromArray(vectors, type),
  caption: vectorFromArray(vectors.map((_, i) => `caption ${i} é`), new Utf8()),
});
const split = (table) => new Table(table.schema, [table.slice(0, 15), table.slice(15, 40)].flatMap((part) => part.batches));
const fixed = split(create(new FixedSizeList(dimension, item))), lists = split(create(new List(item)));

const save = async (name, table, Writer, options) => writeFileSync(`${folder}/${name}`, await new Writer(options).writeAll(table).finish().toUint8Array());
await save("fixed.arrow", fixed, arrow.RecordBatchFileWriter);
await save("lists.arrow", lists, arrow.RecordBatchFileWriter);
await save("stream.arrow", fixed, arrow.RecordBatchStreamWriter);

for (const [name, compression] of [["plain", parquet.Compression.UNCOMPRESSED], ["snappy", parquet.Compression.SNAPPY], ["zstd", parquet.Compression.ZSTD], ["gzip", parquet.Compression.GZIP], ["lz4", parquet.Compression.LZ4_RAW], ["brotli", parquet.Compression.BROTLI]]) {
  const properties = new parquet.WriterPropertiesBuilder().setCompression(compression).setMaxRowGroupSize(16).build();
  writeFileSync(`${folder}/${name}.parquet`, parquet.writeParquet(parquet.Table.fromIPCStream(arrow.tableToIPC(lists, "stream")), properties));
}

const read = (table) => parquet.Table.fromIPCStream(arrow.tableToIPC(table, "stream"));
for (const [name, compression] of [["", parquet.Compression.SNAPPY], ["-plain", parquet.Compression.UNCOMPRESSED], ["-zstd", parquet.Compression.ZSTD], ["-gzip", parquet.Compression.GZIP], ["-lz4", parquet.Compression.LZ4_RAW], ["-brotli", parquet.Compression.BROTLI]]) {
  const version2 = new parquet.WriterPropertiesBuilder().setCompression(compression).setWriterVersion(parquet.WriterVersion.V2).build();
  writeFileSync(`${folder}/version2${name}.parquet`, parquet.writeParquet(read(lists), version2));
}

// One row group, of pages that are cut after a thousand numbers or so.
const many = Array.from({ length: 1500 }, (_, i) => Array.from({ length: dimension }, (_, d) => ((i * dimension + d) % 1000 - 100) / 8));
const long = new Table({
  id: vectorFromArray(many.map((_, i) => BigInt(i * 1000)), new Int64()),
  embedding: vectorFromArray(many, new List(item)),
  caption: vectorFromArray(many.map((_, i) => `caption ${i} é`), new Utf8()),
});
for (const [name, version, dictionary] of [["pages1", parquet.WriterVersion.V1, true], ["pages2", parquet.WriterVersion.V2, false]]) {
  const properties = new parquet.WriterPropertiesBuilder().setCompression(parquet.Compression.ZSTD).setWriterVersion(version).setDictionaryEnabled(dictionary).setDataPageSizeLimit(1000).build();
  writeFileSync(`${folder}/${name}.parquet`, parquet.writeParquet(read(long), properties));
}

// Numbers and texts by their differences, in pages of version 1.
for (const [name, texts] of [["delta-length", parquet.Encoding.DELTA_LENGTH_BYTE_ARRAY], ["delta", parquet.Encoding.DELTA_BYTE_ARRAY]]) {
  const properties = new parquet.WriterPropertiesBuilder().setCompression(parquet.Compression.SNAPPY).setMaxRowGroupSize(16).setDictionaryEnabled(false)
    .setColumnEncoding("id", parquet.Encoding.DELTA_BINARY_PACKED).setColumnEncoding("caption", texts).build();
  writeFileSync(`${folder}/${name}.parquet`, parquet.writeParquet(parquet.Table.fromIPCStream(arrow.tableToIPC(lists, "stream")), properties));
}
