using Cluster;

// `dotnet run --project samples/Cluster [-- --redis HOST:PORT]` brings up three silos and a client on 127.0.0.1, with shards made for the occasion. A silo is this program again, with the word `silo` and its settings.
// `-- model` prints what a hundred machines are counted to take.
switch (args)
{
    case ["silo", .. var settings]:
        await SiloHost.RunAsync(settings);
        break;
    case ["model"]:
        new CostModel().Print();
        break;
    case ["--redis", var redis]:
        await Tour.RunAsync(redis);
        break;
    case []:
        await Tour.RunAsync(redis: null);
        break;
    default:
        Console.Error.WriteLine("Give nothing, --redis HOST:PORT, or model.");
        return 1;
}

return 0;
