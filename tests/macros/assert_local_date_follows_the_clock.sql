-- What: local_date is the day on the wall, also on the days on which clocks change.
-- When it matters: every gaming day; an hour's error moves the bets around midnight.
-- What to do: mend macros/cross_db/local_date.sql, or bring the engine's time zone data
-- up to date; then build --full-refresh.
{% set cases = [
    ('London in winter', '2026-01-05 23:59:59', 'Europe/London', '2026-01-05'),
    ('London in summer', '2026-07-05 23:00:00', 'Europe/London', '2026-07-06'),
    ('London before spring', '2026-03-29 00:59:59', 'Europe/London', '2026-03-29'),
    ('London after spring', '2026-03-29 23:00:00', 'Europe/London', '2026-03-30'),
    ('London before autumn', '2026-10-24 23:00:00', 'Europe/London', '2026-10-25'),
    ('London after autumn', '2026-10-25 23:59:59', 'Europe/London', '2026-10-25'),
    ('Madrid in winter', '2026-01-05 23:00:00', 'Europe/Madrid', '2026-01-06'),
    ('Madrid before spring', '2026-03-28 22:59:59', 'Europe/Madrid', '2026-03-28'),
    ('Madrid after spring', '2026-03-29 22:00:00', 'Europe/Madrid', '2026-03-30'),
    ('Madrid before autumn', '2026-10-24 22:00:00', 'Europe/Madrid', '2026-10-25'),
    ('Madrid after autumn', '2026-10-25 22:59:59', 'Europe/Madrid', '2026-10-25'),
    ('New York before spring', '2026-03-08 04:59:59', 'America/New_York', '2026-03-07'),
    ('New York after spring', '2026-03-09 04:00:00', 'America/New_York', '2026-03-09'),
    ('New York before autumn', '2026-11-01 04:00:00', 'America/New_York', '2026-11-01'),
    ('New York after autumn', '2026-11-02 04:59:59', 'America/New_York', '2026-11-01'),
] %}

with

cases as (

    {% for example, happened_at, time_zone, expected in cases %}
        select
            '{{ example }}' as example,
            cast('{{ happened_at }}' as timestamp) as happened_at,
            '{{ time_zone }}' as time_zone,
            cast('{{ expected }}' as date) as expected
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

answers as (

    select
        example,
        expected,
        {{ local_date('happened_at', 'time_zone') }} as answer
    from cases

)

select * from answers
where answer is null or answer <> expected
