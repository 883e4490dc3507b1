// A search service over images and texts in one gallery, with the modality gap closed.
//
//   dotnet run -c Release --project samples/SearchService                       on TinyClip and drawn scenes; then open the address it prints
//   dotnet run -c Release --project samples/SearchService -- --gallery DIR      a gallery that was made before
//   dotnet run -c Release --project samples/SearchService -- --gallery DIR --model FOLDER --images DIR --captions FILE.tsv    makes it first
//   dotnet run -c Release --project samples/SearchService -- --load-test 10     seconds of requests from this process, and what came of them
using SearchService;

try
{
    // The clients of the load test share one address, and its result is to be seen.
    await using var app = SearchServiceApp.Create(args.Contains("--load-test") ? ["--max-requests-per-second", "1000000", "--Logging:LogLevel:Default=Warning", .. args] : args);
    if (app.Configuration["load-test"] is { } seconds)
    {
        await LoadTest.RunAsync(app, TimeSpan.FromSeconds(int.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture)), Console.Out);
        return 0;
    }

    await app.RunAsync();
    return 0;
}
catch (Exception exception) when (exception is IOException or InvalidDataException or ArgumentException or UnauthorizedAccessException or FormatException)
{
    Console.Error.WriteLine($"SearchService: {exception.Message}");
    return 2;
}
