using Cluster;

// `dotnet run --project samples/Cluster` brings up three silos and a client on 127.0.0.1, with shards made for the occasion. A silo is this program again: `silo NUMBER FOLDER`.
if (args is ["silo", var number, var folder])
    await SiloHost.RunAsync(int.Parse(number, System.Globalization.CultureInfo.InvariantCulture), folder);
else
    await Tour.RunAsync();
