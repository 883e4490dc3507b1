namespace SearchService;

/// <summary>
/// The memory of all bodies at once. They are taken in before a request has a place among those that are worked on (<see cref="WorkPlaces"/>), so that who sends slowly keeps nobody waiting. Where
/// memory gets short, the body that has been coming for longest gives way: the honest send theirs in an instant.
/// </summary>
internal sealed class BodyMemory(ServiceSettings settings)
{
    // What a body gets to begin with; as much again whenever that is full.
    private const int FirstBytes = 1 << 12;

    private readonly Lock _lock = new();

    // In the order in which they began.
    private readonly LinkedList<Incoming> _incoming = new();
    private long _bytes;

    /// <summary>How many bytes are held.</summary>
    internal long Bytes
    {
        get
        {
            lock (_lock)
                return _bytes;
        }
    }

    /// <summary>Reads the whole body of a request. Its memory counts until the request is over.</summary>
    /// <exception cref="ServiceBusyException">It had to give way.</exception>
    /// <exception cref="BadHttpRequestException">Too many bytes come, or too slowly, or not all that were stated.</exception>
    /// <exception cref="OperationCanceledException">The client has gone, or the time is up.</exception>
    internal async Task<byte[]> ReadAsync(HttpContext context)
    {
        using var evicted = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var incoming = new Incoming(evicted);
        context.Response.RegisterForDispose(new Release(this, incoming));
        var most = (int)Math.Min(context.Request.ContentLength ?? int.MaxValue, settings.MaxBodyBytes);
        byte[] buffer = [];
        var length = 0;
        lock (_lock)
            incoming.Place = _incoming.AddLast(incoming);
        try
        {
            while (true)
            {
                if (length == buffer.Length && length < most)
                {
                    var larger = (int)Math.Min(Math.Max(FirstBytes, 2L * length), most);
                    Take(incoming, larger - length);
                    Array.Resize(ref buffer, larger);
                }

                // Kestrel has the last word on how many there may be: behind the last one it says that there are no more, or that there are too many.
                var read = await context.Request.Body.ReadAsync(length < buffer.Length ? buffer.AsMemory(length) : new byte[1], evicted.Token);
                if (read == 0)
                    return length == buffer.Length ? buffer : buffer[..length];
                length += read;
            }
        }
        catch (OperationCanceledException) when (incoming.HasGivenWay)
        {
            throw new ServiceBusyException("So much is being sent at once that this body, which has been coming for longest, had to give way; try again in a moment.");
        }
        finally
        {
            lock (_lock)
                Finish(incoming);
        }
    }

    private void Take(Incoming incoming, int bytes)
    {
        lock (_lock)
        {
            while (_bytes + bytes > settings.MaxBodyBytesInFlight && !incoming.HasGivenWay)
            {
                var oldest = _incoming.First!.Value;
                oldest.HasGivenWay = true;
                Finish(oldest);
                _bytes -= oldest.Bytes;
                oldest.Bytes = 0;

                // Whoever waits for its bytes goes on elsewhere.
                _ = oldest.Evicted.CancelAsync();
            }

            if (incoming.HasGivenWay)
                throw new OperationCanceledException();
            _bytes += bytes;
            incoming.Bytes += bytes;
        }
    }

    private void Finish(Incoming incoming)
    {
        if (incoming.Place is { } place)
            _incoming.Remove(place);
        incoming.Place = null;
    }

    /// <summary>A body that is coming in.</summary>
    private sealed class Incoming(CancellationTokenSource evicted)
    {
        internal CancellationTokenSource Evicted { get; } = evicted;

        internal LinkedListNode<Incoming>? Place { get; set; }

        internal long Bytes { get; set; }

        internal bool HasGivenWay { get; set; }
    }

    private sealed class Release(BodyMemory memory, Incoming incoming) : IDisposable
    {
        public void Dispose()
        {
            lock (memory._lock)
            {
                memory._bytes -= incoming.Bytes;
                incoming.Bytes = 0;
            }
        }
    }
}
