using System.Globalization;

namespace SearchService;

/// <summary>What the command line, the environment or appsettings.json say.</summary>
internal sealed record ServiceSettings
{
    /// <summary>The gallery's folder; <see langword="null"/> for the built-in one, which is drawn and encoded when it is not there yet.</summary>
    public string? Gallery { get; init; }

    /// <summary>To make a gallery: the folder of the CLIP export.</summary>
    public string? Model { get; init; }

    /// <summary>To make a gallery: the folder of the images.</summary>
    public string? Images { get; init; }

    /// <summary>To make a gallery: a file of lines with an image file, a tab and a caption.</summary>
    public string? Captions { get; init; }

    /// <summary>The Redis, as host:port, of an Orleans cluster that searches; <see langword="null"/> to search in this process.</summary>
    public string? Cluster { get; init; }

    /// <summary>The most bytes a request may send.</summary>
    public int MaxBodyBytes { get; init; } = 4 << 20;

    /// <summary>The most bytes of all bodies that are in memory at once; where more come, the one that has been coming for longest is turned away with 503.</summary>
    public int MaxBodyBytesInFlight { get; init; } = 128 << 20;

    /// <summary>The most pixels an image may have: 24 megapixels, as cameras make them.</summary>
    public int MaxPixels { get; init; } = 24_000_000;

    /// <summary>The most pixels of all images that are decoded at once, of 4 to 8 bytes each; others wait.</summary>
    public int MaxPixelsInFlight { get; init; } = 48_000_000;

    /// <summary>The most results a request may ask for.</summary>
    public int MaxResults { get; init; } = 100;

    /// <summary>The most characters of a query or of a class.</summary>
    public int MaxTextLength { get; init; } = 500;

    /// <summary>The most classes of a request.</summary>
    public int MaxClasses { get; init; } = 100;

    /// <summary>How many searches and classifications are worked on at once.</summary>
    public int MaxConcurrent { get; init; } = 32;

    /// <summary>How many more may wait before others are turned away with 503.</summary>
    public int MaxWaiting { get; init; } = 256;

    /// <summary>The most open connections.</summary>
    public int MaxConnections { get; init; } = 1_000;

    /// <summary>How many requests a second an address may send, in bursts of twice as many; more are turned away with 429.</summary>
    public int MaxRequestsPerSecond { get; init; } = 100;

    /// <summary>After how many seconds an answer is given up.</summary>
    public int TimeoutSeconds { get; init; } = 30;

    /// <summary>The names by which the service may be asked for, separated by semicolons; others are refused, so that no page elsewhere can reach it under a name of its own (DNS rebinding).</summary>
    public string AllowedHosts { get; init; } = "localhost;127.0.0.1;[::1]";

    /// <summary>Whether the log says what was searched for. Not by default: queries are about people.</summary>
    public bool LogQueries { get; init; }

    /// <exception cref="ArgumentException">Options that belong together are not all given, or a limit is no positive number, or less than what it limits.</exception>
    public static ServiceSettings Read(IConfiguration configuration)
    {
        var defaults = new ServiceSettings();
        var settings = new ServiceSettings
        {
            Gallery = configuration["gallery"],
            Model = configuration["model"],
            Images = configuration["images"],
            Captions = configuration["captions"],
            Cluster = configuration["cluster"],
            MaxBodyBytes = Limit("max-body-bytes", defaults.MaxBodyBytes),
            MaxBodyBytesInFlight = Limit("max-body-bytes-in-flight", Math.Max(defaults.MaxBodyBytesInFlight, Limit("max-body-bytes", 1))),
            MaxPixels = Limit("max-pixels", defaults.MaxPixels),
            MaxPixelsInFlight = Limit("max-pixels-in-flight", Math.Max(defaults.MaxPixelsInFlight, Limit("max-pixels", 1))),
            MaxResults = Limit("max-results", defaults.MaxResults),
            MaxTextLength = Limit("max-text-length", defaults.MaxTextLength),
            MaxClasses = Limit("max-classes", defaults.MaxClasses),
            MaxConcurrent = Limit("max-concurrent", defaults.MaxConcurrent),
            MaxWaiting = Limit("max-waiting", defaults.MaxWaiting),
            MaxConnections = Limit("max-connections", defaults.MaxConnections),
            MaxRequestsPerSecond = Limit("max-requests-per-second", defaults.MaxRequestsPerSecond),
            TimeoutSeconds = Limit("timeout-seconds", defaults.TimeoutSeconds),
            AllowedHosts = configuration["allowed-hosts"] ?? defaults.AllowedHosts,
            LogQueries = configuration["log-queries"] is { } flag && (bool.TryParse(flag, out var logs) ? logs : throw new ArgumentException($"--log-queries is true or false, but '{flag}' was given.")),
        };
        var sources = new[] { settings.Model, settings.Images, settings.Captions }.Count(value => value is not null);
        if (sources is 1 or 2 || (sources == 3 && settings.Gallery is null))
            throw new ArgumentException("--model, --images, --captions and --gallery belong together: what the gallery is made of, and the folder it is made in.");
        if (settings.MaxPixelsInFlight < settings.MaxPixels)
            throw new ArgumentException($"--max-pixels-in-flight is {settings.MaxPixelsInFlight}, less than the {settings.MaxPixels} that one image may have by --max-pixels: it would wait for ever.");
        if (settings.MaxBodyBytesInFlight < settings.MaxBodyBytes)
            throw new ArgumentException($"--max-body-bytes-in-flight is {settings.MaxBodyBytesInFlight}, less than the {settings.MaxBodyBytes} that one body may have by --max-body-bytes: it would never be taken in.");
        return settings;

        int Limit(string name, int value) => configuration[name] is not { } text ? value
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
            : throw new ArgumentException($"--{name} is a positive number, but '{text}' was given.");
    }
}
