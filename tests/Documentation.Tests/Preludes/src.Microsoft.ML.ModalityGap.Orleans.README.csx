// a host in the making, shards of pairs and of an index, and a cluster in this process to ask
using Microsoft.ML.ModalityGap;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Hosting;
var sharedFolder = Path.Combine(Environment.CurrentDirectory, "cluster");
var builder = Host.CreateApplicationBuilder();
var random = new Random(1);
float[] Draw(int rows) => Enumerable.Range(0, rows * 8).Select(_ => random.NextSingle() - 0.3f).ToArray();
var ml = new MLContext(seed: 1);
string[] Shards(string name) => Enumerable.Range(0, 2).Select(i =>
{
    var path = Path.Combine(Environment.CurrentDirectory, $"{name}_{i}.npy");
    var rows = Draw(40);
    using var stream = File.Create(path);
    var text = "{'descr': '<f4', 'fortran_order': False, 'shape': (40, 8), }".PadRight(117) + "\n";
    stream.Write(new byte[] { 0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, (byte)text.Length, 0 });
    stream.Write(System.Text.Encoding.ASCII.GetBytes(text));
    foreach (var value in rows)
        stream.Write(BitConverter.GetBytes(value));
    return path;
}).ToArray();
var (imageShards, textShards) = (Shards("img"), Shards("txt"));
var indexShards = Enumerable.Range(0, 2).Select(i =>
{
    var index = new EmbeddingIndex(8);
    index.AddRange(Enumerable.Range(40 * i, 40).Select(id => (EmbeddingId)id).ToArray(), Draw(40));
    index.Save(Path.Combine(Environment.CurrentDirectory, $"{i}.index"));
    return Path.Combine(Environment.CurrentDirectory, $"{i}.index");
}).ToArray();
var queries = Draw(2);
var running = Host.CreateApplicationBuilder();
running.UseOrleans(silo => silo.UseLocalhostClustering(siloPort: 27311, gatewayPort: 27312).AddModalityGap(options => options.Folder = sharedFolder));
var host = running.Build();
await host.StartAsync();
var clusterClient = host.Services.GetRequiredService<IClusterClient>();
